import pytest

from sales_mgmt.runtime import template_check

GOOD = """{# Needs: a comment may say style="x" and |safe #}
<section class="card" data-w="61.8">
  <a href="{% url 'deals:deal_list' %}" hx-get="/x">{{ deal.title }}</a>
  <script src="{% static 'js/app.js' %}" type="module"></script>
  <script id="chart" type="application/json">{"a": 1}</script>
  {% comment %}<b onclick="x()">{% endcomment %}
</section>
"""


def found(tmp_path, monkeypatch, source):
    monkeypatch.setattr(template_check, "BASE_DIR", tmp_path)
    path = tmp_path / "page.html"
    path.write_text(source)
    return list(template_check.findings_in(path))


def test_lawful_template_has_no_findings(tmp_path, monkeypatch):
    assert found(tmp_path, monkeypatch, GOOD) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('<b style="color:red">', "a style attribute"),
        ('<b onclick="go()">', "an on… attribute"),
        ("<b hx-on:click='go()'>", "hx-on"),
        ("<b hx-vals='js:{a: 1}'>", "a js: value"),
        ('<a href="javascript:go()">', "a javascript: address"),
        ("<style>b{}</style>", "a style element"),
        ("<script>go()</script>", "an inline script"),
        ("{{ text|safe }}", "the filter `safe`"),
        ("{% autoescape off %}", "autoescape off"),
        ('<script src="https://cdn.example.com/x.js"></script>', "an address of another host"),
        ("<img src='//cdn.example.com/x.png'>", "an address of another host"),
    ],
)
def test_forbidden_thing_is_found_with_its_line(tmp_path, monkeypatch, source, name):
    findings = found(tmp_path, monkeypatch, f"{{# first line #}}\n{source}\n")

    assert [line.startswith(f"page.html:2: {name}") for line in findings] == [True]


def test_the_templates_of_the_product_are_lawful():
    assert template_check.findings() == []
