import re

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape

from apps.core import menu, search
from apps.core.models import Company, Notification
from apps.core.views import errors

STYLEGUIDE = reverse("core:styleguide")


@pytest.fixture
def providers(monkeypatch):
    """A registry of this test's own."""
    monkeypatch.setattr(search, "_providers", {})


def hits(title):
    return lambda user, text, limit: [
        search.Hit(f"{title} {text} {n}", f"/{n}/") for n in range(limit)
    ]


@pytest.mark.django_db
def test_every_entry_of_the_menus_leads_somewhere(people):
    for user in people.values():
        for entry in [*menu.navigation(user), *menu.creation(user)]:
            assert reverse(entry.url_name)


def test_the_frame_shows_who_is_here_and_what_is_new(client, head):
    Company.objects.update_or_create(pk=1, defaults={"name": "ООО «Ромашка»"})
    for number in range(3):
        Notification.objects.create(user=head, kind="test", title="Новое", dedupe_key=str(number))
    client.force_login(head)

    page = client.get(STYLEGUIDE).content.decode()

    assert "ООО «Ромашка»" in page
    assert "Роман Ропов" in page
    assert "<b>3</b>" in page


def test_many_notifications_are_not_counted_out(client, head, rf):
    from apps.core.context import Frame

    Notification.objects.bulk_create(
        Notification(user=head, kind="test", title="Новое", dedupe_key=str(n)) for n in range(120)
    )
    request = rf.get("/")
    request.user = head

    assert Frame(request).unread == "99+"


@pytest.mark.parametrize(("role", "status"), [("head", 200), ("director", 200), ("seller", 403)])
def test_building_blocks_are_for_those_who_build(client, people, role, status):
    client.force_login(people[role])

    assert client.get(STYLEGUIDE).status_code == status


@pytest.mark.parametrize("language", ["ru", "en"])
def test_building_blocks_hold_no_style_or_script_in_the_markup(client, head, language):
    type(head).objects.filter(pk=head.pk).update(language=language)
    client.force_login(head)

    page = client.get(STYLEGUIDE).content.decode()

    assert f'<html lang="{language}"' in page
    assert ' style="' not in page
    assert " onclick" not in page
    assert "hx-on" not in page


def test_the_theme_is_kept_in_the_persons_row(client, seller):
    client.force_login(seller)

    response = client.post(reverse("core:set_theme"), {"theme": "dark", "next": "/deals/"})
    seller.refresh_from_db()
    assert response["Location"] == "/deals/"
    assert seller.theme == "dark"

    client.post(reverse("core:set_theme"), {"theme": "pink"})
    seller.refresh_from_db()
    assert seller.theme == "dark"


def test_switching_is_not_an_edit_of_the_card(client, seller):
    client.force_login(seller)

    client.post(reverse("core:set_language"), {"language": "en"})

    known = seller.version
    seller.refresh_from_db()
    assert (seller.language, seller.version) == ("en", known)


@pytest.mark.django_db
def test_before_log_in_the_language_is_kept_in_a_cookie(client):
    client.post(reverse("core:set_language"), {"language": "en", "next": reverse("staff:log_in")})

    assert '<html lang="en"' in client.get(reverse("staff:log_in")).content.decode()


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_a_switch_leads_to_no_other_site(client, seller, page):
    client.force_login(seller)

    assert client.post(reverse("core:set_theme"), {"next": page})["Location"] == "/"


def test_search_groups_what_providers_find_in_their_order(client, seller, providers):
    search.add_provider(search.Provider("deals", "Deals", "kanban", 20, hits("deal")))
    search.add_provider(search.Provider("clients", "Clients", "building", 10, hits("client")))
    search.add_provider(search.Provider("none", "Nothing", "x", 30, lambda user, text, limit: []))
    client.force_login(seller)

    page = client.get(reverse("core:search"), {"q": " мёд "})

    groups = page.context["groups"]
    assert [group.label for group in groups] == ["Clients", "Deals"]
    assert groups[0].hits[0].title == "client мёд 0"
    assert [len(group.hits) for group in groups] == [20, 20]


def test_suggestions_are_a_short_fragment(client, seller, providers):
    search.add_provider(search.Provider("deals", "Deals", "kanban", 20, hits("<b>")))
    client.force_login(seller)

    answer = client.get(reverse("core:search"), {"q": "мёд"}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert text.count('class="hit"') == 5
    assert "<html" not in text
    assert "&lt;b&gt; мёд 0" in text


def test_one_letter_asks_nobody(client, seller, providers):
    def refuse(user, text, limit):
        raise AssertionError("asked")

    search.add_provider(search.Provider("deals", "Deals", "kanban", 20, refuse))
    client.force_login(seller)

    page = client.get(reverse("core:search"), {"q": "м"})

    assert page.context["groups"] == []
    assert "хотя бы две буквы" in page.content.decode()


@pytest.mark.parametrize("status", sorted(errors.PAGES))
def test_error_pages_need_no_database(status):
    """Not marked django_db: a query would fail the test."""
    response = errors.error_page(RequestFactory().get("/"), status)

    assert response.status_code == status
    assert f"{status}</div>" in response.content.decode()


def test_a_script_gets_the_sentence_alone():
    request = RequestFactory().get("/", headers={"HX-Request": "true"})

    response = errors.forbidden(request, PermissionDenied("Закрыто до понедельника."))

    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode().endswith("Закрыто до понедельника.")


def test_the_reason_of_a_refusal_is_shown_and_escaped():
    response = errors.forbidden(RequestFactory().get("/"), PermissionDenied("<i>нет</i>"))

    assert "&lt;i&gt;нет&lt;/i&gt;" in response.content.decode()


def test_an_unknown_address_is_answered_by_our_page(client, seller):
    client.force_login(seller)

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "Такой страницы нет" in response.content.decode()


def test_a_missing_form_token_is_explained(seller):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(seller)

    response = strict.post(reverse("core:set_theme"), {"theme": "dark"})

    assert response.status_code == 403
    assert "Форма устарела" in response.content.decode()
    seller.refresh_from_db()
    assert seller.theme == "auto"


def test_a_progress_bar_asks_only_while_the_job_runs():
    from apps.core.samples import job

    def shown(status):
        context = {"job": job(status, 5, 10), "url": "/jobs/1/"}
        return render_to_string("components/_progress.html", context)

    assert 'hx-trigger="every 1s"' in shown("running")
    assert 'hx-trigger="every 1s"' in shown("queued")
    assert "hx-trigger" not in shown("done")
    assert 'data-w="50.0"' in shown("running")


def test_the_menus_of_one_role_never_show_to_another(client, people):
    """They are kept in the process, and the process serves everybody."""
    shown = {}
    for role in (*people, *people):
        client.force_login(people[role])
        text = client.get(reverse("tasks:task_list")).content.decode()
        side = text[text.index('<nav class="side"') :]
        shown.setdefault(role, set()).add(side[: side.index("</nav>")])

    assert all(len(texts) == 1 for texts in shown.values())
    assert "/plan/" in shown["head"].pop()
    assert "/plan/runs/" not in shown["seller"].pop()
    assert "/department/" not in shown["hr"].pop()


def test_the_kept_bar_carries_the_token_and_the_address_of_each_request(head):
    client = Client(enforce_csrf_checks=True)
    client.force_login(head)

    for address in (STYLEGUIDE, f"{reverse('core:search')}?q=%22%3E", STYLEGUIDE):
        bar = client.get(address).content.decode().split('id="person"')[1].split("</header>")[0]
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', bar)
        form = {"theme": "dark", "csrfmiddlewaretoken": tokens[0]}

        assert f'name="next" value="{escape(address)}"' in bar
        assert len(tokens) == 3
        assert client.post(reverse("core:set_theme"), form).status_code == 302


def test_a_kept_bar_is_nobody_elses(client, head, seller):
    for person, other in ((head, seller), (seller, head)):
        client.force_login(person)
        page = client.get(reverse("staff:profile")).content.decode()

        assert person.email in page
        assert other.email not in page


def test_the_kept_bar_remembers_nothing_that_was_searched(client, seller):
    client.force_login(seller)
    client.get(reverse("core:search"), {"q": "Ромашка"})

    assert "Ромашка" not in client.get(reverse("staff:profile")).content.decode()
    found = client.get(reverse("core:search"), {"q": "Лютик"}).content.decode()
    assert "Ромашка" not in found
    assert "Лютик" in found
