import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation


def rendered(source, address="/", **context):
    request = RequestFactory().get(address)
    with translation.override("ru"):
        return Template(source).render(Context({"request": request, **context}))


def test_an_icon_refers_to_the_file_of_drawings_and_is_silent():
    drawing = rendered('{% icon "telephone" %}')

    assert drawing.startswith('<svg class="i"')
    assert 'aria-hidden="true"' in drawing
    assert '<use href="/static/icons.svg#telephone"/>' in drawing


def test_an_unknown_icon_is_refused():
    with pytest.raises(LookupError, match="no-such-icon"):
        rendered('{% icon "no-such-icon" %}')


def test_an_icon_with_a_label_speaks():
    assert 'aria-label="&lt;b&gt;"' in rendered('{% icon "bell" label %}', label="<b>")


def test_a_rate_of_few_cases_shows_their_count():
    assert "мало, n=9" in rendered("{% rate 0.5 n=9 %}")
    assert rendered("{% rate 0.5 n=10 %}") == "50,0\xa0%"


def test_each_form_gets_its_own_key():
    assert rendered("{% idempotency_key %}") != rendered("{% idempotency_key %}")


def test_initials():
    assert rendered("{{ name|initials }}", name="Виктор Сафронов") == "ВС"
    assert rendered("{{ name|initials }}", name="") == "?"


def test_widths_stay_inside_the_bar():
    shown = rendered("{{ a|width }} {{ b|width }} {{ c|width }}", a=0.6184, b=1.7, c=None)
    assert shown == "61.8 100.0 0"


def test_sorting_keeps_filters_and_drops_the_page():
    source = '{% sort_link "amount" as link %}{{ link.url|safe }} {{ link.state }}'

    assert rendered(source, "/?team=3&page=4") == "?team=3&sort=amount "
    assert rendered(source, "/?sort=amount") == "?sort=-amount ascending"
    assert rendered(source, "/?sort=-amount") == "?sort=amount descending"


def test_the_pager_keeps_filters():
    page = Paginator(range(120), 50).page(2)
    request = RequestFactory().get("/?team=3&page=2")
    with translation.override("ru"):
        shown = render_to_string("components/_pager.html", {"page": page}, request)

    assert "51–100 из 120" in shown
    assert 'href="?team=3&amp;page=3"' in shown


def test_the_table_beside_a_chart_has_every_day():
    data = {
        "days": ["2026-11-02", "2026-11-03", "2026-11-05"],
        "plan": [1, 2, 3],
        "fact": [0.5, 1.5],
        "forecast": {"middle": [1.5, 2.5], "low80": [1.5, 2], "high80": [1.5, 3]},
    }
    source = (
        '{% chart_table "plan-fact" data as t %}{% for r in t.rows %}{{ r|join:"|" }};{% endfor %}'
    )

    assert rendered(source, data=data) == (
        "02.11.2026|1,00|0,50|–|–|–;"
        "03.11.2026|2,00|1,50|1,50|1,50|1,50;"
        "05.11.2026|3,00|–|2,50|2,00|3,00;"
    )


def test_the_table_of_a_waterfall_signs_its_terms():
    data = {
        "unit": "млн ₽",
        "terms": [
            {"label": "План", "value": 31, "is_total": True},
            {"label": "Лиды", "value": -1.18},
        ],
    }
    source = (
        '{% chart_table "waterfall" data as t %}{% for r in t.rows %}{{ r|join:"|" }};{% endfor %}'
    )

    assert rendered(source, data=data) == "План||31,00;Лиды||−1,18;"
