"""The lines of a month, as they are handed to the drawing package."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINES = """async ({ data }) => {
  const { planFact } = await import("/static/js/plan_fact.js");
  const number = (value, digits) => value.toFixed(digits);
  const around = {
    number, colour: () => "", say: (word) => word, axis: {}, text: {}, height: 400, width: 500,
  };
  const drawn = planFact(data, around, {});
  return drawn.series.map((one) => [one.name, one.endLabel?.formatter ?? ""]);
}"""
DAYS = ["2026-11-02", "2026-11-03", "2026-11-05"]


def lines(page, **data):
    page.goto("/styleguide/")
    return page.evaluate(LINES, {"data": {"days": DAYS, **data}})


def test_a_forecast_without_bands_is_drawn_as_a_line(browser_page):
    drawn = lines(browser_page, plan=[0.5, 1, 1.5], fact=[0, 1.2], forecast={"middle": [1.2, 1.64]})

    assert drawn == [["plan", "plan 1.5"], ["forecast", "forecast 1.6"], ["fact", ""]]


def test_labels_of_thousands_have_no_fractions(browser_page):
    drawn = lines(browser_page, plan=[812.4, 1625.1, 2437.8], fact=[0, 1362.9])

    assert drawn == [["plan", "plan 2438"], ["fact", ""]]
