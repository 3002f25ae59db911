"""Growth, verdicts and the report of a campaign, from figures made up here."""

import math

import pytest

from benchmarks.aims import STATEMENTS, Verdict, verdicts
from benchmarks.clock import exponent, percentile
from benchmarks.databases import Base
from benchmarks.report import report


def page(cpu=4.0, statements=3, pace=0.7):
    return {
        "p50": cpu,
        "p95": cpu * 2,
        "app_cpu": cpu,
        "db_cpu": 1.0,
        "statements": statements,
        "gzip_bytes": 9 * 1024,
        "pace": pace,
        "assets": {"css/app.css": 100 * 1024, "vendor/echarts.js": 300 * 1024},
    }


def pages(**changed):
    told = {name: page() for name in (*STATEMENTS, "create a deal")}
    told |= {name: page(cpu=99.0) for name in ("naive dashboard", "naive deal list")}
    return told | changed


def night(seconds):
    cost = {"seconds": seconds, "app_cpu": 0.1, "db_cpu": seconds, "peak_rss_mb": 90.0}
    steps = {"facts deals": seconds / 2, "snapshots nodes": seconds / 2}
    return {**cost, "steps": steps, "facts": seconds / 2, "facts and snapshots": seconds}


def export(rows, seconds):
    return {
        "first_byte": 0.1,
        "seconds": seconds,
        "rows": rows,
        "bytes": rows * 200,
        "memory_growth_mb": 9.0,
    }


def divided(**changed):
    told = {"of_bound": 0.997, "lowest": 0.9, "highest": 1.1, "moved": 0.29, "breaches": 0}
    return {**told, "seconds": 0.8, **changed}


def results():
    return {
        "pages": {10_000: pages(), 1_000_000: pages()},
        "night": {
            10_000: {"whole": night(0.2), "changed day": night(0.1)},
            1_000_000: {"whole": night(8.0), "changed day": night(0.3)},
        },
        "naive": {
            1_000_000: {
                "naive facts": {
                    "seconds": 40.0,
                    "app_cpu": 38.0,
                    "db_cpu": 1.0,
                    "peak_rss_mb": 900.0,
                    "read and group": 15.0,
                    "bulk_create": 25.0,
                },
                "our facts, alone": {
                    "seconds": 5.0,
                    "app_cpu": 0.1,
                    "db_cpu": 5.0,
                    "peak_rss_mb": 200.0,
                },
            }
        },
        "export": {
            1_000_000: {
                "every deal, CSV": export(rows=1_000_000, seconds=12.0),
                "one seller's, CSV": export(rows=20_000, seconds=0.4),
                "one seller's, XLSX": export(rows=20_000, seconds=6.0),
            }
        },
        "distribution": {
            1_000_000: {
                "clients": 10_000,
                "sellers": 50,
                "kinds": {
                    "towns": {
                        "greedy": divided(of_bound=0.93),
                        "ours": divided(),
                        "ours, at most 30 % moved": divided(of_bound=0.95),
                    }
                },
            }
        },
        "overload": {
            1_000_000: {
                "rounds": {
                    "8": {
                        "statuses": {"200": 900},
                        "per_second": 30,
                        "p50": 250,
                        "p95": 400,
                        "connections": 8,
                    }
                },
                "allowed": 10,
                "workers": 2,
                "workers_rss_mb": 210.0,
            }
        },
        "start": {1_000_000: {"seconds": 41.0, "said": ["Starting PostgreSQL … 1.2 s"]}},
    }


def missed(told):
    return [found.text for found in verdicts(told) if not found.is_met]


@pytest.mark.parametrize(
    ("small", "large", "grown"), [(5, 5, 0), (2, 200, 1), (3, 30, 0.5), (8, 0.08, -1)]
)
def test_exponent_tells_growth_over_a_hundredfold_size(small, large, grown):
    assert exponent(small, large, 100) == pytest.approx(grown)


def test_growth_of_what_could_not_be_measured_is_unknown():
    assert math.isnan(exponent(math.nan, 1, 10))
    assert not Verdict("2", "growth", math.nan, 0.05).is_met


def test_percentile_takes_the_value_that_the_share_stays_below():
    assert percentile(list(map(float, range(1, 101))), 0.95) == 96
    assert percentile([7.0], 0.95) == 7


def test_good_figures_meet_every_aim():
    assert missed(results()) == []


def test_one_statement_too_many_is_a_missed_aim():
    told = results()
    told["pages"][1_000_000]["search"] = page(statements=5)

    assert missed(told) == ["search, SQL statements", "search, statements more with size"]


def test_a_page_that_grows_with_the_base_is_a_missed_aim():
    told = results()
    told["pages"][1_000_000]["deal page"] = page(cpu=9.0)

    assert missed(told) == ["deal page, growth of CPU"]


def test_a_failed_answer_under_overload_is_a_missed_aim():
    told = results()
    told["overload"][1_000_000]["rounds"]["8"]["statuses"]["500"] = 1

    assert missed(told) == ["8 clients, failed answers"]


def test_facts_no_faster_than_the_naive_ones_are_a_missed_aim():
    told = results()
    told["night"][1_000_000]["whole"]["facts"] = 8.2

    assert missed(told) == ["naive ÷ our facts in the night, time"]


def test_a_slow_export_is_a_missed_aim():
    told = results()
    told["export"][1_000_000]["one seller's, CSV"]["seconds"] = 1.1

    assert missed(told) == ["one seller's, CSV, 20,000 of 1,000,000, whole"]


def test_a_division_that_breaks_a_limit_or_is_far_from_the_bound_is_a_missed_aim():
    told = results()
    told["distribution"][1_000_000]["kinds"]["towns"]["ours"] = divided(of_bound=0.98, breaches=1)

    assert missed(told) == [
        "division, towns: share of the bound",
        "division, towns: breaches of limits",
    ]


def test_a_slow_start_is_a_missed_aim():
    told = results()
    told["start"][1_000_000]["seconds"] = 61.0

    assert missed(told) == ["`up` to a dashboard with figures"]


def test_report_names_sizes_pages_and_aims():
    text = report(results())

    assert "### 1,000,000 deals" in text
    assert "| dashboard | 4.0 / 8.0 | 4.0 + 1.0 | 3 | 9.0 |" in text
    assert "| 1,000,000 | our facts, alone | 5.00 | 0.10 + 5.00 | 200 |" in text
    assert "| 1,000,000 | naive facts | 40.00 | 38.00 + 1.00 | 900 |" in text
    assert "| towns | greedy | 93.00 % | 0.90–1.10 | 29 % | kept | 0.80 |" in text
    assert "**missed**" not in text


def test_two_processes_stand_beside_one_with_rows_a_second_and_growth():
    def counted(deals, two, one):
        rows = {"deals": deals, "activities": 9 * deals, "snapshots": 1}
        return {
            "whole": {**night(two), "rows": rows},
            "changed day": night(0.5),
            "whole, one process": night(one),
        }

    text = report(
        {"night": {10_000: counted(10_000, 1.0, 1.5), 100_000: counted(100_000, 10.0, 18.0)}}
    )

    assert "| 10,000 and 90,000 | 1.00 / 1.50 | 1.50 × | 100,000 | 90 | – |" in text
    assert "| 100,000 and 900,000 | 10.00 / 18.00 | 1.80 × | 100,000 | 90 | 1.00 |" in text


def test_a_base_of_more_activities_has_a_name_of_its_own():
    assert Base(1_000_000).name == "benchmark_1000000"
    assert Base(1_000_000, activities=1_000_000).name == "benchmark_1000000"
    ten = Base(1_000_000, activities=10_000_000)
    assert (ten.name, ten.per_deal) == ("benchmark_1000000_a10", 10)


def test_the_report_tells_facts_and_snapshots_apart_and_the_dearest_steps():
    told = results()
    told["night"][1_000_000]["whole"]["facts and snapshots"] = 6.5
    told["night"][1_000_000]["whole"]["steps"] |= {
        "metrics 2026-11-01": 3.0,
        "metrics 2026-10-01": 2.5,
    }

    text = report(told)

    assert "The whole at 1,000,000 deals: 8.00 s, facts and snapshots 6.50 s." in text
    assert "Dearest steps, s: metrics 5.50, facts 4.00, snapshots 4.00." in text


def test_aim_8_is_about_facts_and_snapshots():
    told = results()
    told["night"][1_000_000]["whole"]["seconds"] = 30.0
    assert missed(told) == []
    told["night"][1_000_000]["whole"]["facts and snapshots"] = 10.5
    assert missed(told) == ["facts and snapshots anew at 1,000,000 deals"]


def test_a_slower_machine_is_not_taken_for_growth():
    slow = page(cpu=9.0, pace=1.4)  # 9 + 1 of a machine half as quick as at 4 + 1
    told = {**results(), "pages": {10_000: pages(), 1_000_000: pages(dashboard=slow)}}

    grown = next(one for one in verdicts(told) if one.text == "dashboard, growth of CPU")

    assert grown.measured == pytest.approx(0)
