"""The results as Markdown: tables, then the aims."""

import os
import platform
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.aims import growth, verdicts
from benchmarks.campaign import BY_ONE, Results
from benchmarks.clock import exponent, median

DEAREST = 6
CHECKED = {True: "met", False: "**missed**"}


def report(results: Results) -> str:
    parts = [_machine()]
    if results.get("pages"):
        parts += ["## Pages", *_pages(results["pages"])]
    if results.get("night"):
        parts += ["## Night", *_nights(results)]
    if results.get("export"):
        parts += ["## Export", *_exports(results["export"])]
    if results.get("distribution"):
        parts += ["## Distribution of clients", *_divisions(results["distribution"])]
    if results.get("overload"):
        parts += ["## Overload", *_overload(results["overload"])]
    if results.get("start"):
        parts += ["## Start", *_start(results["start"])]
    return "\n\n".join([*parts, "## Aims", _aims(results)]) + "\n"


def _yardstick() -> float:
    """CPU seconds of a fixed piece of work: more on a crowded machine, as for everything below."""
    begun = time.process_time()
    sum(number * number for number in range(3_000_000))
    return time.process_time() - begun


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"yardstick {_yardstick():.2f} CPU-s. "
        "Load when the report was written: "
        + ", ".join(f"{value:.1f}" for value in os.getloadavg())
        + ". Times drift with the machine; trust ratios, CPU, statements, bytes and growth."
    )


def _table(heading: list[str], rows: list[list[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _pages(by_size: dict[int, Any]) -> Iterator[str]:
    small, large = min(by_size), max(by_size)
    for size in sorted(by_size):
        rows = [
            [
                name,
                f"{figures['p50']:.1f} / {figures['p95']:.1f}",
                f"{figures['app_cpu']:.1f} + {figures['db_cpu']:.1f}",
                str(figures["statements"]),
                f"{figures['gzip_bytes'] / 1024:.1f}",
            ]
            for name, figures in by_size[size].items()
        ]
        heading = ["page", "p50 / p95, ms", "CPU-ms, app + database", "SQL", "KB gzip"]
        at = median(figures["pace"] for figures in by_size[size].values())
        yield f"### {size:,} deals, pace {at:.2f} CPU-ms\n\n" + _table(heading, rows)
    if large > small:
        rows = [
            [
                name,
                f"{growth(by_size[small][name], by_size[large][name], large / small):.2f}",
                f"{exponent(by_size[small][name]['p50'], by_size[large][name]['p50'], large / small):.2f}",
            ]
            for name in by_size[large]
        ]
        yield f"Growth from {small:,} to {large:,} deals:\n\n" + _table(
            ["page", "exponent of CPU", "exponent of p50"], rows
        )


def _nights(results: Results) -> Iterator[str]:
    rows = []
    for size, told in sorted(results["night"].items()):
        naive = results.get("naive", {}).get(size, {})
        for name, cost in {**told, **naive}.items():
            rows.append(
                [
                    f"{size:,}",
                    name,
                    f"{cost['seconds']:.2f}",
                    f"{cost['app_cpu']:.2f} + {cost['db_cpu']:.2f}",
                    f"{cost['peak_rss_mb']:.0f}",
                ]
            )
    heading = ["deals", "what", "s", "CPU-s, app + database", "peak MB"]
    yield _table(heading, rows)
    yield from _steps_of_nights(results["night"])
    if all(BY_ONE in told for told in results["night"].values()):
        yield _workers(results["night"])


def _steps_of_nights(nights: dict[int, Any]) -> Iterator[str]:
    """What aim 8 counts apart from the whole, the dearest steps, and all of the largest size."""
    for size, told in sorted(nights.items()):
        for name in ("whole", "changed day"):
            night = told[name]
            counted = night["facts and snapshots"]
            whole = f"{name} at {size:,} deals: {night['seconds']:.2f} s"
            dear = _listed(_by_code(night["steps"])[:DEAREST])
            yield f"The {whole}, facts and snapshots {counted:.2f} s. Dearest steps, s: {dear}."
    largest = max(nights)
    for name in ("whole", "changed day"):
        steps = _listed(list(nights[largest][name]["steps"].items()))
        yield f"Steps of the {name} at {largest:,} deals, s: {steps}."


def _by_code(steps: dict[str, float]) -> list[tuple[str, float]]:
    """The parts of each step together, the dearest first; parts go side by side."""
    sums: dict[str, float] = {}
    for step, seconds in steps.items():
        code = step.partition(" ")[0]
        sums[code] = sums.get(code, 0) + seconds
    return sorted(sums.items(), key=lambda step: -step[1])


def _listed(steps: list[tuple[str, float]]) -> str:
    return ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps)


def _workers(nights: dict[int, Any]) -> str:
    """Two processes against one, rows counted a second, and growth from size to size."""
    rows: list[list[str]] = []
    before: tuple[int, float] | None = None
    for _size, told in sorted(nights.items()):
        two, one, counted = told["whole"], told[BY_ONE], told["whole"]["rows"]
        events = counted["deals"] + counted["activities"]
        grown = exponent(before[1], two["seconds"], events / before[0]) if before else None
        rows.append(
            [
                f"{counted['deals']:,} and {counted['activities']:,}",
                f"{two['seconds']:.2f} / {one['seconds']:.2f}",
                f"{one['seconds'] / two['seconds']:.2f} ×",
                f"{events / two['seconds']:,.0f}",
                f"{two['peak_rss_mb']:.0f}",
                "–" if grown is None else f"{grown:.2f}",
            ]
        )
        before = events, two["seconds"]
    heading = [
        "deals and activities",
        "two / one, s",
        "ratio",
        "rows a second",
        "peak MB",
        "exponent",
    ]
    return "The whole rebuild by a worker's two processes and by one:\n\n" + _table(heading, rows)


def _exports(by_size: dict[int, Any]) -> Iterator[str]:
    rows = [
        [
            f"{size:,}",
            name,
            f"{told['rows']:,}",
            f"{told['first_byte']:.2f}",
            f"{told['seconds']:.2f}",
            f"{told['bytes'] / 1024 / 1024:.1f}",
            f"{told['memory_growth_mb']:.0f}",
        ]
        for size, exports in sorted(by_size.items())
        for name, told in exports.items()
    ]
    heading = ["deals", "what", "rows", "first byte, s", "whole, s", "MB", "memory grown, MB"]
    yield _table(heading, rows)


def _divisions(by_size: dict[int, Any]) -> Iterator[str]:
    told = by_size[max(by_size)]
    rows = [
        [
            kind,
            name,
            f"{100 * way['of_bound']:.2f} %",
            f"{way['lowest']:.2f}–{way['highest']:.2f}",
            f"{100 * way['moved']:.0f} %",
            "kept" if not way["breaches"] else "broken",
            f"{way['seconds']:.2f}",
        ]
        for kind, ways in told["kinds"].items()
        for name, way in ways.items()
    ]
    heading = ["base", "way", "of the bound", "load ÷ level", "moved", "limits", "CPU-s"]
    yield f"{told['clients']:,} clients, {told['sellers']} sellers:\n\n" + _table(heading, rows)


def _overload(by_size: dict[int, Any]) -> Iterator[str]:
    told = by_size[max(by_size)]
    rows = [
        [
            clients,
            ", ".join(f"{status}: {count:,}" for status, count in seen["statuses"].items()),
            f"{seen['per_second']:.0f}",
            f"{seen['p50']:.0f} / {seen['p95']:.0f}",
            str(seen["connections"]),
        ]
        for clients, seen in told["rounds"].items()
    ]
    yield _table(["clients", "answers", "a second", "p50 / p95, ms", "connections"], rows)
    yield f"{told['workers']} web workers hold {told['workers_rss_mb']:.0f} MB afterwards."


def _start(by_size: dict[int, Any]) -> Iterator[str]:
    told = by_size[max(by_size)]
    yield f"`manage.py up` with an empty state, packages installed: {told['seconds']:.0f} s."
    yield "```\n" + "\n".join(filter(None, told["said"])) + "\n```"


def _aims(results: Results) -> str:
    rows = [
        [
            found.aim,
            found.text,
            f"{found.measured:.2f} {found.unit}".strip(),
            f"{'≥' if found.at_least else '≤'} {found.limit:g} {found.unit}".strip(),
            CHECKED[found.is_met],
        ]
        for found in verdicts(results)
    ]
    return _table(["aim", "what", "measured", "wanted", ""], rows)
