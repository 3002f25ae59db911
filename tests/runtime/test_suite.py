import pytest

from sales_mgmt.runtime.gates import Gate, Program, pass_through
from sales_mgmt.runtime.step import StepFailed, step
from sales_mgmt.runtime.suite import Totals, add_report
from sales_mgmt.runtime.tool import run_tool

REPORT = """<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>"""


def test_totals_are_read_from_the_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    totals = Totals(passed=5, failed=1)

    assert add_report(report, totals)
    assert str(totals) == "9 passed, 4 failed, 3 skipped"


@pytest.mark.parametrize("content", [None, "", "<testsuites>"])
def test_missing_or_broken_report_is_noticed(tmp_path, content):
    report = tmp_path / "report.xml"
    if content is not None:
        report.write_text(content)

    assert not add_report(report, Totals())


def test_gate_that_fails_shows_why(capsys):
    said = "print('3 errors in apps'); raise SystemExit(1)"

    assert not pass_through(Gate("types", Program(["-c", said])))

    output = capsys.readouterr().out
    assert output.startswith("  types … FAILED, ")
    assert output.endswith(" s\n3 errors in apps\n")


def test_gate_that_holds_takes_one_line(capsys):
    assert pass_through(Gate("types", Program(["-c", "print('all is well')"])))
    assert capsys.readouterr().out.startswith("  types … ok, ")


def test_step_says_how_long_it_took(capsys):
    with step("Starting Redis") as note:
        note.say("made its data directory")

    assert capsys.readouterr().out == "  Starting Redis … 0.0 s (made its data directory)\n"


def test_unforeseen_error_becomes_a_failed_step(capsys):
    with pytest.raises(StepFailed) as caught, step("Collecting static files"):
        raise OSError("No space left on device")

    assert str(caught.value).startswith("Collecting static files: No space left on device.\nWhat")
    assert capsys.readouterr().out == "  Collecting static files … failed after 0.0 s\n"


def test_tool_that_fails_says_what_to_do_and_ends_with_its_output():
    with pytest.raises(StepFailed) as caught:
        run_tool(["sh", "-c", "echo no network; exit 3"], what="npm failed", remedy="see to it")

    assert str(caught.value) == "npm failed.\nWhat to do: see to it.\nno network\n"
