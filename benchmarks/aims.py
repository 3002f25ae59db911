"""What the figures must reach, and whether they do."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.campaign import Results
from benchmarks.clock import exponent

STATEMENTS = {
    "dashboard": 8,
    "deal list, open": 8,
    "deal list, all": 8,
    "deal list, filtered and sorted": 8,
    "deal list, won, by amount": 8,
    "board": 8,
    "deal page": 12,
    "search": 4,
    "search, misspelt": 15,
    "search by number": 4,
    "client list": 15,
    "client page": 15,
    "my day": 15,
}
PAGE_BYTES, ASSET_BYTES = 15 * 1024, 150 * 1024
GROWTH = {
    "dashboard": 0.05,
    "deal page": 0.05,
    "create a deal": 0.05,
    "deal list, open": 0.10,
    "deal list, all": 0.10,
    "deal list, filtered and sorted": 0.10,
    "deal list, won, by amount": 0.10,
    "board": 0.10,
    "search": 0.20,
    "search by number": 0.20,
}


@dataclass
class Verdict:
    aim: str
    text: str
    measured: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        if math.isnan(self.measured):
            return False
        if self.at_least:
            return self.measured >= self.limit
        return self.measured <= self.limit


def verdicts(results: Results) -> list[Verdict]:
    """Of every aim that these results speak about."""
    judges: list[tuple[str, Callable[[Any], Iterator[Verdict]]]] = [
        ("pages", _pages),
        ("export", _export),
        ("night", _night),
        ("distribution", _distribution),
        ("overload", _overload),
        ("start", _start),
    ]
    found = [
        verdict
        for suite, judge in judges
        if results.get(suite)
        for verdict in judge(results[suite])
    ]
    if results.get("night") and results.get("naive"):
        found += _against_naive(results)
    return found


def _pages(by_size: dict[int, Any]) -> Iterator[Verdict]:
    small, large = min(by_size), max(by_size)
    pages = by_size[large]
    dashboard, naive = cpu(pages["dashboard"]), cpu(pages["naive dashboard"])
    yield Verdict("1", "dashboard, CPU of a request", dashboard, 10, "ms")
    yield Verdict("1", "live aggregate ÷ dashboard, CPU", naive / dashboard, 15, "×", at_least=True)
    if large > small:
        for name, limit in GROWTH.items():
            aim = "2" if limit == 0.05 else "4" if name.startswith("search") else "3"
            grown = growth(by_size[small][name], pages[name], large / small)
            yield Verdict(aim, f"{name}, growth of CPU", grown, limit)
    for name in ("search", "search by number"):
        yield Verdict("4", f"{name}, p50", pages[name]["p50"], 30, "ms")
    for name, limit in STATEMENTS.items():
        yield Verdict("5", f"{name}, SQL statements", pages[name]["statements"], limit)
        least, most = sorted(by_size[size][name]["statements"] for size in (small, large))
        yield Verdict("5", f"{name}, statements more with size", most - least, 0)
    for name in (*STATEMENTS, "create a deal"):
        if name != "create a deal":
            yield Verdict("6", f"{name}, HTML gzip", pages[name]["gzip_bytes"] / 1024, 15, "KB")
    own = sum(size for name, size in pages["deal page"]["assets"].items() if "echarts" not in name)
    yield Verdict("6", "CSS and JS of a page without charts, gzip", own / 1024, 150, "KB")


def cpu(figures: dict[str, Any]) -> float:
    """Of the application and the database together, ms."""
    return figures["app_cpu"] + figures["db_cpu"]


def growth(small: dict[str, Any], large: dict[str, Any], times: float) -> float:
    """Exponent of a page's CPU, each against the pace that the machine had while it was measured."""
    return exponent(cpu(small) / small["pace"], cpu(large) / large["pace"], times)


def _export(by_size: dict[int, Any]) -> Iterator[Verdict]:
    for size, told in sorted(by_size.items()):
        for name, figures in told.items():
            if "XLSX" in name:
                continue  # a workbook is packed before it leaves: nothing is aimed at
            rows, text = figures["rows"], f"{name}, {figures['rows']:,} of {size:,}"
            limit = 15 if rows > 500_000 else max(1.0, rows / 20_000)
            yield Verdict("7", f"{text}, first byte", figures["first_byte"], 0.3, "s")
            yield Verdict("7", f"{text}, whole", figures["seconds"], limit, "s")
    last = by_size[max(by_size)]["every deal, CSV"]
    yield Verdict("7", "memory grown by the export", last["memory_growth_mb"], 50, "MB")


def _night(by_size: dict[int, Any]) -> Iterator[Verdict]:
    small, large = min(by_size), max(by_size)
    whole, changed = by_size[large]["whole"], by_size[large]["changed day"]
    limit = 90 if large == 10_000_000 else max(10 * large / 1_000_000, 1)
    counted = whole["facts and snapshots"]
    yield Verdict("8", f"facts and snapshots anew at {large:,} deals", counted, limit, "s")
    yield Verdict("8", "memory of the process", whole["peak_rss_mb"], 300, "MB")
    limit = 2 if large > 1_000_000 else 1
    counted = changed["facts and snapshots"]
    yield Verdict("9", f"facts and snapshots of one changed day at {large:,}", counted, limit, "s")
    yield Verdict("9", "all steps of that night", changed["seconds"], limit, "s")
    if large > small:
        times = large / small
        for aim, name, clock, limit in (
            ("8", "whole", "facts and snapshots", 1.0),
            ("9", "changed day", "facts and snapshots", 0.3),
            ("9", "changed day", "seconds", 0.3),
        ):
            first, last = by_size[small][name][clock], by_size[large][name][clock]
            what = f"{name}, growth" if clock != "seconds" else f"{name}, all steps, growth"
            yield Verdict(aim, what, exponent(first, last, times), limit)


def _against_naive(results: Results) -> Iterator[Verdict]:
    """By the clock of the night, whose parts go side by side, and of both ways alone.

    Our writing by itself is not known, so all of ours is taken for it.
    """
    large = max(set(results["night"]) & set(results["naive"]))
    naive, facts = (results["naive"][large][way] for way in ("naive facts", "our facts, alone"))
    night = results["night"][large]["whole"]
    times = naive["seconds"] / night["facts"]
    upsert = naive["bulk_create"] / facts["seconds"]
    memory = naive["peak_rss_mb"] / night["peak_rss_mb"]
    yield Verdict("10", "naive ÷ our facts in the night, time", times, 5, "×", at_least=True)
    yield Verdict("10", "bulk_create ÷ our facts, counted too", upsert, 3, "×", at_least=True)
    yield Verdict("10", "naive ÷ our night, memory", memory, 5, "×", at_least=True)


def _distribution(by_size: dict[int, Any]) -> Iterator[Verdict]:
    for kind, ways in by_size[max(by_size)]["kinds"].items():
        ours, few = ways["ours"], ways["ours, at most 30 % moved"]
        share = ours["of_bound"]
        yield Verdict("14", f"division, {kind}: share of the bound", share, 0.995, at_least=True)
        ahead = share / ways["greedy"]["of_bound"]
        yield Verdict("14", f"division, {kind}: ours ÷ greedy", ahead, 1, "×", at_least=True)
        yield Verdict("14", f"division, {kind}: breaches of limits", ours["breaches"], 0)
        yield Verdict("14", f"division, {kind}: CPU", ours["seconds"], 2, "s")
        yield Verdict("14", f"few moves, {kind}: moved share", few["moved"], 0.30)
        yield Verdict("14", f"few moves, {kind}: breaches of limits", few["breaches"], 0)
        yield Verdict("14", f"few moves, {kind}: CPU", few["seconds"], 2, "s")


def _overload(by_size: dict[int, Any]) -> Iterator[Verdict]:
    figures = by_size[max(by_size)]
    for clients, told in figures["rounds"].items():
        failed = sum(
            count for status, count in told["statuses"].items() if status not in ("200", "302")
        )
        yield Verdict("11", f"{clients} clients, failed answers", failed, 0)
        yield Verdict(
            "11", f"{clients} clients, connections", told["connections"], figures["allowed"]
        )
    yield Verdict("12", "memory of the web workers", figures["workers_rss_mb"], 300, "MB")


def _start(by_size: dict[int, Any]) -> Iterator[Verdict]:
    seconds = by_size[max(by_size)]["seconds"]
    yield Verdict("13", "`up` to a dashboard with figures", seconds, 60, "s")
