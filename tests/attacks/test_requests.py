"""Attacks by requests: reflected text, foreign origins, methods, hosts, headers, leaks from outside."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from apps.staff.models import PasswordResetRequest, User
from apps.staff.views import profile
from apps.tasks.models import Task
from tests.attacks.test_accounts import try_in
from tests.factories.staff import PASSWORD
from tests.factories.tasks import TaskFactory
from tests.routes import addresses

SCRIPT = '"><script>alert(1)</script>'
ESCAPED = "&quot;&gt;&lt;script&gt;"


# T35: reflected text


@pytest.mark.parametrize(
    "path",
    [
        f"/nowhere/{SCRIPT}",
        f"/log-in/?next={SCRIPT}",
        f"/search/?q={SCRIPT}",
        f"/team/?q={SCRIPT}",
        f"/tasks/?q={SCRIPT}&whose={SCRIPT}&state={SCRIPT}",
        f"/settings/calendar/?year={SCRIPT}&day={SCRIPT}",
        f"/password/new/?person={SCRIPT}&token={SCRIPT}",
    ],
)
def test_reflected_text_is_escaped(path, admin):
    for client in (Client(), Client()):
        text = client.get(path, follow=True).content.decode()
        assert "<script>alert" not in text
        client.force_login(admin)
        text = client.get(path, follow=True).content.decode()
        assert "<script>alert" not in text


def test_what_was_typed_at_log_in_comes_back_escaped(db):
    response = try_in(Client(), f"a{SCRIPT}@example.com", "x", next=SCRIPT)

    assert "<script>alert" not in response.content.decode()
    assert ESCAPED in response.content.decode()


# T58: requests from elsewhere


@pytest.fixture
def strict(seller):
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    return client


def token_of(client):
    client.get(reverse("staff:profile"))
    return client.cookies[settings.CSRF_COOKIE_NAME].value


def test_a_post_without_the_token_is_refused(strict, seller):
    response = strict.post(reverse("tasks:task_create"), {"title": "x"})

    assert response.status_code == 403
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_a_foreign_origin_is_refused_even_with_the_token(strict, seller, origin):
    token = token_of(strict)

    response = strict.post(
        reverse("staff:session_end_others"), {"csrfmiddlewaretoken": token}, HTTP_ORIGIN=origin
    )

    assert response.status_code == 403


def test_json_as_plain_text_is_refused(strict):
    response = strict.post(
        reverse("tasks:task_create"), json.dumps({"title": "x"}), content_type="text/plain"
    )

    assert response.status_code == 403
    assert not Task.objects.exists()


def test_log_in_itself_wants_the_token(seller):
    client = Client(enforce_csrf_checks=True)

    response = try_in(client, seller.email, PASSWORD)

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["task_finish", "task_archive", "task_reopen", "task_return"])
def test_an_act_is_not_done_by_get(client, seller, name):
    task = TaskFactory(assignee=seller)
    client.force_login(seller)

    response = client.get(reverse(f"tasks:{name}", args=[task.pk]))

    assert response.status_code == 405
    assert Task.objects.get(pk=task.pk).version == 1


@pytest.mark.parametrize("name", ["staff:log_out", "staff:session_end_others"])
def test_the_session_is_not_ended_by_get(client, seller, name):
    client.force_login(seller)

    assert client.get(reverse(name)).status_code == 405
    assert client.get(reverse("staff:profile")).status_code == 200


# T59: open redirects


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "\thttps://evil.example",
]


@pytest.mark.parametrize("page", ELSEWHERE)
def test_next_leads_only_to_our_own_pages(seller, page):
    client = Client()
    arrived = try_in(client, seller.email, PASSWORD, next=page)
    again = client.get(reverse("staff:log_in"), {"next": page})
    switched = client.post(reverse("core:set_language"), {"language": "ru", "next": page})
    task = TaskFactory(assignee=seller)
    done = client.post(reverse("tasks:task_finish", args=[task.pk]), {"next": page})

    first = reverse(settings.LOGIN_REDIRECT_URL)
    assert [arrived.url, again.url, switched.url, done.url] == [first, first, "/", "/"]


def test_next_leads_to_the_page_that_was_wanted(client, seller):
    wanted = client.get("/tasks/?whose=set")

    response = try_in(client, seller.email, PASSWORD, next="/tasks/?whose=set")

    assert wanted.url == "/log-in/?next=/tasks/%3Fwhose%3Dset"
    assert response.url == "/tasks/?whose=set"


# T60: what a stranger may see


READ_BY_TOKEN = ("activity", "client", "contact", "deal", "receipt", "schedule")


def test_a_stranger_sees_only_what_is_public(client, db):
    names = sorted(
        address.name
        for address in addresses()
        if getattr(address.view, "access", None) == ("public",)
    )

    by_token = [f"api:{one}{kind}" for one in READ_BY_TOKEN for kind in ("", "_list")]
    assert names == sorted(
        [
            *by_token,
            # Its address holds the secret (tests/api/test_calendar_feed.py).
            "api:calendar_ics",
            "api:lead_create",
            "api:lead_form",
            "core:healthz",
            "core:readyz",
            "core:set_language",
            "staff:log_in",
            "staff:new_password",
            "staff:reset_password",
            "staff:reset_sent",
        ]
    )
    for name in by_token:
        args = [] if name.endswith("_list") else [1]
        assert client.get(reverse(name, args=args)).status_code == 401, name


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/api/schema/", "/schema/", "/docs/", "/__debug__/", "/.git/config", "/.env",
     "/manage.py", "/static/../manage.py", "/media/", "/var/", "/dump.sql", "/admin/doc/"],
)  # fmt: skip
def test_insides_are_not_served(client, db, path):
    assert client.get(path, follow=False).status_code in (302, 404)
    assert client.get(path, follow=True).status_code in (200, 404)
    assert b"SECRET_KEY" not in client.get(path, follow=True).content


def test_there_are_no_users_of_a_demonstration(db):
    assert User.objects.count() == 0


def test_a_failure_tells_nothing_of_the_inside(client, seller, monkeypatch):
    """The page of an error has no traceback, settings or SQL."""

    def broken(*args, **kwargs):
        raise RuntimeError("inside-secret-text")

    monkeypatch.setattr(profile, "render", broken)
    client.force_login(seller)
    client.raise_request_exception = False

    response = client.get(reverse("staff:session_list"))

    assert response.status_code == 500
    text = response.content.decode()
    assert "inside-secret-text" not in text
    assert "Traceback" not in text
    assert "SECRET_KEY" not in text


# T61: headers


POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def policy_of(response):
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


def answers(admin, seller):
    """Pages, redirects and errors."""
    stranger, person, keeper = Client(), Client(), Client(raise_request_exception=False)
    person.force_login(seller)
    keeper.force_login(admin)
    return {
        "log-in": stranger.get("/log-in/"),
        "to log-in": stranger.get("/team/"),
        "page": person.get("/team/"),
        "fragment": person.get("/tasks/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="tasks"),
        "403": person.get("/settings/company/"),
        "404": person.get("/nowhere/"),
        "405": person.get("/log-out/"),
        "settings": keeper.get("/settings/company/"),
    }


def test_every_answer_carries_the_headers(admin, seller):
    for name, response in answers(admin, seller).items():
        assert policy_of(response) == POLICY, name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] == "same-origin", name
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "no-store" in response["Cache-Control"], name


def test_only_the_admin_panel_has_a_weaker_policy(admin):
    client = Client()
    client.force_login(admin)
    policy = policy_of(client.get(reverse("admin:index")))

    assert policy == POLICY - {"script-src 'self'", "style-src 'self'"} | {
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
    }


@pytest.fixture(scope="session")
def over_https():
    """The settings as they are with HTTPS=1."""
    names = (
        "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE"
        " CSRF_COOKIE_NAME CSRF_COOKIE_SECURE CSRF_COOKIE_SAMESITE SECURE_SSL_REDIRECT"
        " SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_PROXY_SSL_HEADER"
    ).split()
    code = (
        "import json; from sales_mgmt import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {names}}}))"
    )
    environment = os.environ | {"HTTPS": "1", "SECRET_KEY": "only-for-tests"}
    made = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    values = json.loads(made.stdout.splitlines()[-1])
    values["SECURE_PROXY_SSL_HEADER"] = tuple(values["SECURE_PROXY_SSL_HEADER"])
    return values


def test_over_https_cookies_and_transport_are_strict(over_https, seller):
    with override_settings(**over_https):
        client = Client()
        page = client.get("/log-in/", secure=True)
        client.post("/log-in/", {"username": seller.email, "password": PASSWORD}, secure=True)
        inside = client.get("/team/", secure=True)
        missing = client.get("/nowhere/", secure=True)
        plain = Client().get("/log-in/")
        session, csrf = client.cookies["__Host-session"], client.cookies["__Host-csrf"]

    assert (plain.status_code, plain.url) == (301, "https://testserver/log-in/")
    for response in (page, inside, missing):
        seconds = int(response["Strict-Transport-Security"].split(";")[0].removeprefix("max-age="))
        assert seconds >= 365 * 24 * 3600
        assert policy_of(response) == POLICY
    for cookie in (session, csrf):
        assert cookie["secure"] is True
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["samesite"] == "Lax"
    assert session["httponly"] is True


# T62: hosts and addresses


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "testserver@evil.example",
        "127.0.0.1.evil.example",
    ],
)
def test_a_foreign_host_is_refused(client, db, host):
    client.raise_request_exception = False

    assert client.get("/log-in/", HTTP_HOST=host).status_code == 400


def test_a_forwarded_host_is_not_believed(client, seller):
    response = client.post(
        reverse("staff:reset_password"),
        {"email": seller.email},
        HTTP_X_FORWARDED_HOST="evil.example",
    )

    assert response.status_code == 302
    assert PasswordResetRequest.objects.get().origin == "http://testserver"


def test_a_forged_address_does_not_get_round_the_limit(seller):
    statuses = [
        Client()
        .post(
            "/log-in/",
            {"username": seller.email, "password": "wrong"},
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        )
        .status_code
        for number in range(6)
    ]

    assert statuses == [200] * 5 + [429]


@override_settings(PROXY_COUNT=1)
def test_behind_a_proxy_only_its_own_entry_counts(seller):
    statuses = [
        Client()
        .post(
            "/log-in/",
            {"username": seller.email, "password": "wrong"},
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9",
        )
        .status_code
        for number in range(6)
    ]

    assert statuses == [200] * 5 + [429]


# T63: methods


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
@pytest.mark.parametrize("name", ["staff:log_in", "staff:profile", "staff:team", "tasks:task_list"])
def test_other_methods_are_not_allowed(client, seller, name, method):
    client.force_login(seller)

    assert getattr(client, method)(reverse(name)).status_code == 405


def test_a_method_cannot_be_overridden(client, seller):
    task = TaskFactory(assignee=seller)
    client.force_login(seller)
    path = reverse("tasks:task_archive", args=[task.pk])

    header = client.get(path, HTTP_X_HTTP_METHOD_OVERRIDE="POST")
    field = client.get(path, {"_method": "POST"})

    assert [header.status_code, field.status_code] == [405, 405]
    assert Task.objects.get(pk=task.pk).archived_at is None
