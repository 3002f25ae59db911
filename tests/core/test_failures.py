import pytest
import redis
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from apps.core import failures
from apps.core.access import public
from tests.factories.staff import UserFactory

ERRORS = {
    "database": OperationalError("server closed the connection unexpectedly"),
    "connection": InterfaceError("connection already closed"),
    "redis": redis.ConnectionError("Error 111 connecting to redis"),
    "large": RequestDataTooBig("too large"),
    "mistake": KeyError("a mistake in the code"),
}


@public
def fail(request, name):
    raise ERRORS[name]


@public
def slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(5)")


@public
def echo(request):
    return HttpResponse(request.POST.get("text", ""))


urlpatterns = [path("fail/<name>", fail), path("slow", slow), path("echo", echo)]
handler400 = failures.bad_request
handler500 = failures.server_error
here = override_settings(ROOT_URLCONF=__name__)
FORM = "application/x-www-form-urlencoded"
# What the pages must not tell.
INSIDE = ("closed the connection", "already closed", "Error 111", "Traceback")


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    with here:
        yield client


@pytest.mark.parametrize("name", ["database", "connection", "redis"])
def test_outage_in_a_view_is_503_and_tells_nothing_of_the_inside(visitor, name):
    response = visitor.get(f"/fail/{name}")

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert not [word for word in INSIDE if word in response.content.decode()]


def test_mistake_in_the_code_stays_a_mistake(visitor):
    assert visitor.get("/fail/mistake").status_code == 500


def test_oversize_request_is_413(visitor):
    assert visitor.get("/fail/large").status_code == 413


@pytest.mark.django_db(transaction=True)
def test_statement_that_runs_too_long_is_503(visitor):
    with transaction.atomic():
        response = visitor.get("/slow")

    assert response.status_code == 503


def test_form_that_is_too_large_is_413_before_the_view_is_asked(visitor):
    visitor.handler.enforce_csrf_checks = True
    visitor.cookies["csrf"] = "a" * 32

    response = visitor.post("/echo", "text=" + "x" * 3 * 1024 * 1024, content_type=FORM)

    assert response.status_code == 413


@pytest.mark.django_db(transaction=True)
def test_database_that_fails_before_the_view_is_503(visitor, monkeypatch):
    visitor.force_login(UserFactory())
    options = connection.settings_dict
    monkeypatch.setitem(options, "PORT", "1")
    connection.close()

    response = visitor.get("/echo")

    assert response.status_code == 503
    monkeypatch.undo()
    connection.close()
    assert visitor.get("/echo").status_code == 200
