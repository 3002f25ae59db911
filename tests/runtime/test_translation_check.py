import gettext

import pytest
from babel.messages.catalog import Message
from django.utils import translation

from sales_mgmt.runtime import messages, translation_check, translations

HEAD = """msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

"""
DEALS = """msgid "%(count)s deal"
msgid_plural "%(count)s deals"
msgstr[0] "%(count)s сделка"
msgstr[1] "%(count)s сделки"
msgstr[2] "%(count)s сделок"

"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty product with one room and a shared catalogue."""
    for module in (messages, translation_check, translations):
        monkeypatch.setattr(module, "BASE_DIR", tmp_path)
    for place in ("apps/deals/locale/ru/LC_MESSAGES", "locale/ru/LC_MESSAGES", "templates"):
        (tmp_path / place).mkdir(parents=True)
    monkeypatch.setattr(messages, "BORROWED_PACKAGES", ())
    write(tmp_path, "", "")
    return tmp_path


def write(project, room, shared):
    (project / "apps/deals/locale/ru/LC_MESSAGES/django.po").write_text(HEAD + room)
    (project / "locale/ru/LC_MESSAGES/django.po").write_text(HEAD + shared)


def entry(original, translation, mark=""):
    return f'{mark}msgid "{original}"\nmsgstr "{translation}"\n\n'


def test_texts_of_code_and_templates_are_found(project):
    (project / "apps/deals/models.py").write_text(
        "name = _('Deal')\nlater = gettext_lazy('Won')\n"
        "many = ngettext('%(count)s deal', '%(count)s deals', n)\n"
        "may = pgettext('month', 'May')\nnot_a_text = repr('no')\n"
    )
    (project / "templates/page.html").write_text(
        "  <b>{% translate 'Stage' %}</b>\n"
        "      {% blocktranslate count n=n trimmed %}\n      One row\n"
        "  {% plural %}\n  {{ n }} rows\n  {% endblocktranslate %}\n"
        "{% translate 'May' context 'modal verb' %}<i title=\"{{ _('Move') }}\">\n"
    )

    found = {text.key: text.place for text in messages.own_texts()}

    assert found == {
        ("Deal", None): "apps/deals/models.py:1",
        ("Won", None): "apps/deals/models.py:2",
        ("%(count)s deal", None): "apps/deals/models.py:3",
        ("May", "month"): "apps/deals/models.py:4",
        ("Stage", None): "templates/page.html:1",
        ("One row", None): "templates/page.html:2",
        ("May", "modal verb"): "templates/page.html:7",
        ("Move", None): "templates/page.html:7",
    }


def test_complete_catalogue_has_no_findings(project):
    (project / "apps/deals/models.py").write_text(
        "a = _('Deal')\nb = ngettext('%(count)s deal', '%(count)s deals', n)\nc = _('Yes')\n"
    )
    write(project, entry("Deal", "Сделка") + DEALS, "")

    assert translation_check.findings() == []  # "Yes" is said by Django itself


@pytest.mark.parametrize(
    ("room", "shared", "finding"),
    [
        ("", "", "apps/deals/models.py:1: not translated: '%(who)s won'"),
        (entry("%(who)s won", ""), "", "django.po: empty: "),
        (entry("%(who)s won", "победа"), "", "other placeholders than the original"),
        (entry("%(who)s won", "%(who)s +", "#, fuzzy\n"), "", "marked fuzzy"),
        (entry("%(who)s won", "%(who)s +") + entry("Old", "Старое"), "", "nothing says this"),
        (entry("%(who)s won", "%(who)s +"), entry("%(who)s won", "%(who)s !"), "differently"),
    ],
)
def test_each_fault_is_found(project, room, shared, finding):
    (project / "apps/deals/models.py").write_text("a = _('%(who)s won')\n")
    write(project, room, shared)

    findings = translation_check.findings()

    assert len(findings) == 1
    assert finding in findings[0]


def test_plural_form_that_is_missing_is_found():
    message = Message(("%(n)s row", "%(n)s rows"), ("%(n)s строка", "", "%(n)s строк"))

    assert translation_check.problem_of(message) == "empty"


def test_catalogues_are_compiled_once(project):
    write(project, entry("Deal", "Сделка") + DEALS, "")

    assert translations.compile_stale() == 2
    assert translations.compile_stale() == 0
    compiled = project / "apps/deals/locale/ru/LC_MESSAGES/django.mo"
    with compiled.open("rb") as file:
        russian = gettext.GNUTranslations(file)
    assert russian.gettext("Deal") == "Сделка"
    assert [russian.ngettext("%(count)s deal", "", n) for n in (1, 3, 5)] == [
        "%(count)s сделка",
        "%(count)s сделки",
        "%(count)s сделок",
    ]


def test_process_that_spoke_already_reads_what_is_compiled(project, settings):
    settings.LOCALE_PATHS = [project / "locale"]
    write(project, "", entry("Zugzwang", "Цугцванг"))
    with translation.override("ru"):
        assert translation.gettext("Zugzwang") == "Zugzwang"

    translations.compile_stale()

    with translation.override("ru"):
        assert translation.gettext("Zugzwang") == "Цугцванг"
