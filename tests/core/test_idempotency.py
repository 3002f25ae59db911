import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client as Browser
from django.urls import path

from apps.core.access import signed_in
from apps.core.idempotency import forget_old_answers, idempotent
from apps.core.models import AnsweredRequest, CalendarDay
from tests.factories.staff import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@signed_in
@idempotent
def add(request):
    """Adds a day and answers as the form asks; an error keeps nothing of the answer."""
    day = request.POST["day"]
    if day == "bad":
        return HttpResponse("refused", status=422)
    made = CalendarDay.objects.create(day=day, is_working=True)
    if request.POST.get("crash"):
        raise ConnectionResetError
    response = redirect("/days/") if not request.POST.get("html") else HttpResponse(f"<p>{made.pk}")
    response["HX-Trigger"] = "added"
    return response


urlpatterns = [path("add", add)]


@pytest.fixture
def browser(client):
    client.force_login(UserFactory())
    return client


def post(browser, key="k1", **fields):
    return browser.post("/add", {"idempotency_key": key, "day": "2026-11-23", **fields})


def test_the_first_answer_is_given_again(browser):
    """X16: the server died before it could answer; the browser sends the form once more."""
    first, second = post(browser), post(browser)

    assert CalendarDay.objects.count() == 1
    for answer in (first, second):
        assert (answer.status_code, answer["Location"]) == (302, "/days/")
        assert answer["HX-Trigger"] == "added"


def test_a_page_is_given_again_word_by_word(browser):
    first, second = post(browser, html="1"), post(browser, html="1")

    assert first.content == second.content == f"<p>{CalendarDay.objects.get().pk}".encode()
    assert second["Content-Type"] == "text/html; charset=utf-8"


def test_the_same_key_with_another_body_is_refused(browser):
    """X17"""
    post(browser)
    answer = post(browser, day="2026-11-24")

    assert answer.status_code == 422
    assert CalendarDay.objects.count() == 1


def test_another_file_is_another_body(browser):
    post(browser, file=SimpleUploadedFile("a.csv", b"1"))
    assert post(browser, file=SimpleUploadedFile("a.csv", b"2")).status_code == 422
    assert post(browser, file=SimpleUploadedFile("a.csv", b"1")).status_code == 302


def test_the_token_of_the_form_is_not_its_body(browser):
    post(browser, csrfmiddlewaretoken="one")
    assert post(browser, csrfmiddlewaretoken="two").status_code == 302


def test_other_keys_and_other_people_are_other_requests(browser):
    post(browser)
    assert post(browser, key="k2", day="2026-11-24").status_code == 302

    stranger = Browser()
    stranger.force_login(UserFactory())
    assert post(stranger, day="2026-11-25").status_code == 302
    assert CalendarDay.objects.count() == 3


def test_a_refused_form_may_be_mended_and_sent_with_the_same_key(browser):
    assert post(browser, day="bad").status_code == 422
    assert post(browser).status_code == 302


def test_a_crash_takes_back_the_row_and_the_key(browser):
    with pytest.raises(ConnectionResetError):
        post(browser, crash="1")
    assert not CalendarDay.objects.exists()
    assert not AnsweredRequest.objects.exists()

    assert post(browser).status_code == 302


def test_without_a_key_the_view_simply_runs(browser):
    browser.post("/add", {"day": "2026-11-23"})
    browser.post("/add", {"day": "2026-11-24"})
    assert CalendarDay.objects.count() == 2


def test_the_key_may_come_in_a_header(browser):
    for _ in range(2):
        answer = browser.post(
            "/add", {"day": "2026-11-23"}, headers={"Idempotency-Key": "from-a-script"}
        )
        assert answer.status_code == 302


def test_answers_are_forgotten_after_a_day(browser):
    post(browser)
    assert forget_old_answers() == 0
    AnsweredRequest.objects.update(created_at="2026-01-01T00:00Z")
    assert forget_old_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_make_one_row():
    """X20, G7"""
    user = UserFactory()
    barrier, answers = threading.Barrier(10), []

    def click():
        browser = Browser()
        browser.force_login(user)
        barrier.wait()
        answers.append(post(browser).status_code)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 10
    assert CalendarDay.objects.count() == 1
