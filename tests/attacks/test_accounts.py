"""Attacks on accounts: guessing, names told by answers, stolen and old sessions, leaked secrets."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.core.outbox import send_due
from apps.staff.actions import change_password, dismiss
from apps.staff.models import PasswordResetRequest, User, UserSession
from tests.factories.staff import PASSWORD, UserFactory

LOG_IN = "/log-in/"
OFFICE, HOME = "203.0.113.5", "198.51.100.7"


def try_in(client, email, password, address=OFFICE, **extra):
    data = {"username": email, "password": password, **extra}
    return client.post(LOG_IN, data, REMOTE_ADDR=address)


def is_in(client):
    return "_auth_user_id" in client.session


class CountingHasher(MD5PasswordHasher):
    """Says how often a password was hashed."""

    calls = 0

    def encode(self, password, salt):
        CountingHasher.calls += 1
        return super().encode(password, salt)


# T49: guessing and names


def test_the_right_password_opens_whatever_the_case_of_the_email(client, seller):
    response = try_in(client, f" {seller.email.upper()}", PASSWORD)

    assert (response.status_code, response.url) == (302, reverse(settings.LOGIN_REDIRECT_URL))
    assert is_in(client)


def test_five_failures_close_the_account_to_the_address_for_a_while(seller):
    client = Client()
    answers = [try_in(client, seller.email, "wrong").status_code for _ in range(6)]
    right = try_in(client, seller.email, PASSWORD)

    assert answers == [200, 200, 200, 200, 200, 429]
    assert right.status_code == 429
    assert 0 < int(right["Retry-After"]) <= 15 * 60
    assert not is_in(client)


def test_the_office_is_not_locked_out(seller, teammate):
    for _ in range(6):
        try_in(Client(), seller.email, "wrong")
    colleague, from_home = Client(), Client()

    try_in(colleague, teammate.email, PASSWORD)
    try_in(from_home, seller.email, PASSWORD, address=HOME)

    assert is_in(colleague)
    assert is_in(from_home)


def test_the_lock_opens_by_itself_and_grows(seller):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(5):
            try_in(Client(), seller.email, "wrong")
        # Tries during the lock do not prolong it.
        clock.move_to(start + timedelta(minutes=14))
        assert try_in(Client(), seller.email, PASSWORD).status_code == 429
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        for _ in range(5):
            assert try_in(Client(), seller.email, "wrong").status_code == 200
        clock.move_to(start + timedelta(minutes=40))
        assert try_in(Client(), seller.email, PASSWORD).status_code == 429
        clock.move_to(start + timedelta(minutes=46))
        client = Client()
        try_in(client, seller.email, PASSWORD)
        assert is_in(client)


def test_a_success_forgets_the_failures(seller):
    for _ in range(4):
        try_in(Client(), seller.email, "wrong")
    try_in(Client(), seller.email, PASSWORD)

    answers = [try_in(Client(), seller.email, "wrong").status_code for _ in range(4)]

    assert answers == [200, 200, 200, 200]


def test_spraying_slows_strangers_down_but_not_those_known_at_the_address(seller, teammate):
    known, stranger = Client(), Client()
    try_in(known, seller.email, PASSWORD)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for number in range(40):
            try_in(Client(), f"nobody{number}@example.com", "wrong")
            clock.shift(timedelta(seconds=31))
        clock.shift(timedelta(seconds=-31))
        again = Client()

        assert try_in(stranger, teammate.email, PASSWORD).status_code == 429
        try_in(again, seller.email, PASSWORD)
        assert is_in(again)
        clock.shift(timedelta(seconds=31))
        try_in(stranger, teammate.email, PASSWORD)
        assert is_in(stranger)


def test_without_redis_people_log_in_and_guessers_are_stopped(seller, teammate, settings):
    """X08."""
    dead = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": dead}}
    client = Client()

    answers = [try_in(Client(), seller.email, "wrong").status_code for _ in range(6)]
    try_in(client, teammate.email, PASSWORD)

    assert answers == [200] * 5 + [429]
    assert is_in(client)


def test_known_and_unknown_people_get_the_same_answer_for_the_same_work(seller, settings):
    settings.PASSWORD_HASHERS = ["tests.attacks.test_accounts.CountingHasher"]
    seller.set_password(PASSWORD)
    seller.save()
    work = []
    for email in (seller.email, "nobody-at-all@example.com"):
        CountingHasher.calls = 0
        with CaptureQueriesContext(connection) as queries:
            response = try_in(Client(), email, "wrong")
        text = response.content.decode().replace(email, "")
        csrf = response.context["csrf_token"]
        work.append(
            (response.status_code, text.replace(str(csrf), ""), CountingHasher.calls, len(queries))
        )

    assert work[0] == work[1]
    assert work[0][2] == 1


def test_people_without_password_or_work_answer_like_strangers(seller):
    newcomer = UserFactory(password=None)
    gone = UserFactory(dismissed_on=timezone.localdate())
    texts = set()
    for email in (newcomer.email, gone.email, "nobody@example.com"):
        response = try_in(Client(), email, PASSWORD)
        texts.add(str(response.context["form"].non_field_errors()))

    assert len(texts) == 1


def test_a_reset_for_an_unknown_email_answers_the_same_and_sends_nothing(seller):
    answers = []
    for email in (seller.email.upper(), "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            response = Client().post(reverse("staff:reset_password"), {"email": email})
        answers.append((response.status_code, response.url, len(queries)))
    send_due()

    assert answers[0] == answers[1]
    assert [letter.to for letter in mail.outbox] == [[seller.email]]


def test_a_reset_is_sent_five_times_an_hour(seller):
    for _ in range(7):
        response = Client().post(reverse("staff:reset_password"), {"email": seller.email})
        assert response.status_code == 302
    send_due()

    assert len(mail.outbox) == 5
    assert PasswordResetRequest.objects.count() == 7


def test_an_address_that_asks_for_many_resets_gets_429(db):
    address = {"REMOTE_ADDR": OFFICE}
    for number in range(30):
        Client().post(
            reverse("staff:reset_password"), {"email": f"n{number}@example.com"}, **address
        )
    response = Client().post(reverse("staff:reset_password"), {"email": "n@example.com"}, **address)

    assert response.status_code == 429
    assert response["Retry-After"] == "3600"


def link_of_letter(user):
    Client().post(reverse("staff:reset_password"), {"email": user.email})
    send_due()
    link = next(word for word in mail.outbox[-1].body.split() if word.startswith("http"))
    return link.removeprefix("http://testserver")


def test_the_link_of_the_letter_works_once_and_leaves_the_address_bar(seller):
    link = link_of_letter(seller)
    client = Client()
    client.get(link)
    page = client.get(reverse("staff:new_password"))
    new = {"password": "a-new-long-password", "again": "a-new-long-password"}

    done = client.post(reverse("staff:new_password"), new)

    assert "token" not in page.request["QUERY_STRING"]
    assert done.url == reverse("staff:log_in")
    assert User.objects.get(pk=seller.pk).check_password("a-new-long-password")
    other = Client()
    assert other.get(link, follow=True).status_code == 410


def test_a_reset_ends_every_session_and_opens_a_closed_account(seller):
    stolen = Client()
    stolen.force_login(seller)
    for _ in range(6):
        try_in(Client(), seller.email, "wrong")
    client = Client()
    client.get(link_of_letter(seller))
    new = {"password": "a-new-long-password", "again": "a-new-long-password"}
    client.post(reverse("staff:new_password"), new)

    try_in(client, seller.email, "a-new-long-password")

    assert is_in(client)
    assert stolen.get(reverse("staff:profile")).status_code == 302


@pytest.mark.parametrize(
    "query",
    ["person=1&token=x", "person=²&token=x", "person=9&token=%00", f"person={10**30}&token=x-y"],
)
def test_a_made_up_link_is_refused(db, query):
    assert Client().get(f"/password/new/?{query}", follow=True).status_code == 410


# G22: what a password may be


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one", "password_too_short"),
        ("", "required"),
        ("password1234", "password_too_common"),
        ("PassWord1234", "password_too_common"),
        ("PASSWORD1234 ", "password_too_common"),
        ("1Qaz2Wsx3Edc", "password_too_common"),
        ("x" * 129, "max_length"),
    ],
)
def test_weak_and_endless_passwords_are_refused(client, seller, password, code):
    client.force_login(seller)
    data = {"old": PASSWORD, "password": password, "again": password}

    response = client.post(reverse("staff:own_password"), data)

    assert response.context["form"].has_error("password", code)
    assert User.objects.get(pk=seller.pk).check_password(PASSWORD)


@pytest.mark.parametrize("password", ["три слова 12", "x-" * 63 + "yz"])
def test_a_phrase_of_12_to_128_characters_is_taken(client, seller, password):
    client.force_login(seller)
    data = {"old": PASSWORD, "password": password, "again": password}

    client.post(reverse("staff:own_password"), data)

    assert len(password) in (12, 128)
    assert User.objects.get(pk=seller.pk).check_password(password)


def test_a_leaked_password_is_refused_in_words_wherever_it_is_set(client, seller):
    client.force_login(seller)
    data = {"old": PASSWORD, "password": "Qwertyuiop123", "again": "Qwertyuiop123"}
    page = client.post(reverse("staff:own_password"), data).content.decode()
    assert "Этот пароль есть в списках украденных. Возьмите другой." in page
    assert "От 12 до 128 знаков" in page

    with pytest.raises(CommandError, match="украденных"):
        call_command("create_first_admin", email="a@example.com", password="Qwertyuiop123")
    assert not User.objects.filter(email="a@example.com").exists()


# T52: sessions


def test_the_key_of_a_session_changes_at_log_in(client, seller):
    client.get(reverse("staff:reset_password"))
    client.session.save()
    planted = client.session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted or "planted"

    try_in(client, seller.email, PASSWORD)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != (planted or "planted")
    assert not UserSession.objects.filter(session_key=planted).exists()


def other_session(user):
    client = Client()
    client.force_login(user)
    return client


def is_alive(client):
    return client.get(reverse("staff:profile")).status_code == 200


def test_a_copied_cookie_dies_at_log_out(client, seller):
    try_in(client, seller.email, PASSWORD)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    assert is_alive(thief)

    client.post(reverse("staff:log_out"))

    assert not is_alive(thief)


def test_a_new_password_ends_the_other_sessions_at_once(client, seller):
    elsewhere = other_session(seller)
    client.force_login(seller)
    new = "a-new-long-password"

    client.post(reverse("staff:own_password"), {"old": PASSWORD, "password": new, "again": new})

    assert is_alive(client)
    assert not is_alive(elsewhere)


def test_a_password_changed_from_outside_ends_all_sessions(client, seller):
    client.force_login(seller)

    change_password(seller, password="a-new-long-password")

    assert not is_alive(client)


def test_dismissal_ends_the_session_at_once(client, seller, lead, hr):
    client.force_login(seller)
    assert is_alive(client)

    dismiss(seller, timezone.localdate(), by=hr)

    assert not is_alive(client)


@pytest.mark.parametrize(
    ("role", "hours", "alive"),
    [("seller", 7.9, True), ("seller", 8.1, False), ("hr", 0.9, True), ("hr", 1.1, False)],
)
def test_a_session_ends_by_rest(request, client, role, hours, alive):
    client.force_login(request.getfixturevalue(role))
    client.get(reverse("staff:profile"))

    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert is_alive(client) is alive


def test_a_session_ends_after_seven_days_of_work(client, seller):
    client.force_login(seller)
    start = timezone.now()
    alive = []
    for hour in range(0, 7 * 24 + 7, 6):
        with time_machine.travel(start + timedelta(hours=hour, seconds=1)):
            alive.append(is_alive(client))

    assert alive == [True] * 28 + [False, False][: len(alive) - 28]


def test_one_sees_and_ends_only_ones_own_sessions(client, seller, teammate):
    client.force_login(seller)
    mine, foreign = other_session(seller), other_session(teammate)
    page = client.get(reverse("staff:session_list"))
    foreign_code = teammate.sessions.get().code
    own_code = seller.sessions.exclude(session_key=client.session.session_key).get().code

    refused = client.post(reverse("staff:session_end", args=[foreign_code]))
    client.post(reverse("staff:session_end", args=[own_code]))

    assert refused.status_code == 404
    assert is_alive(foreign)
    assert not is_alive(mine)
    assert is_alive(client)
    for session in UserSession.objects.all():
        assert session.session_key not in page.content.decode()


def test_all_other_sessions_end_together(client, seller):
    client.force_login(seller)
    others = [other_session(seller) for _ in range(2)]

    client.post(reverse("staff:session_end_others"))

    assert [is_alive(other) for other in others] == [False, False]
    assert is_alive(client)


# T53: a role taken away


def test_a_role_taken_away_is_gone_at_the_next_request(client, head, seller):
    client.force_login(head)
    page = reverse("staff:capacity", args=[seller.pk])
    assert client.get(page).status_code == 200

    User.objects.filter(pk=head.pk).update(role="seller")

    assert client.get(page).status_code == 403


def test_a_keeper_loses_the_panel_with_his_role(client, hr):
    client.force_login(hr)
    assert client.get(reverse("admin:staff_user_changelist")).status_code == 200

    User.objects.filter(pk=hr.pk).update(role="seller")

    assert client.get(reverse("admin:staff_user_changelist")).status_code == 302


# T56, T57: secrets


def test_secrets_stay_out_of_the_logs(client, seller, caplog):
    caplog.set_level(logging.DEBUG)
    try_in(client, seller.email, "wrong-secret-one")
    try_in(client, seller.email, PASSWORD)
    key = client.session.session_key
    Client().post(reverse("staff:reset_password"), {"email": seller.email})
    send_due()
    token = mail.outbox[-1].body.split("token=")[1].split()[0]
    Client().get(f"/password/new/?person={seller.pk}&token={token}")
    text = caplog.text + str(
        [record.__dict__ for record in caplog.records if record.name != "django.db.backends"]
    )
    text = "\n".join(line for line in text.splitlines() if "django.db.backends" not in line)

    for secret in ("wrong-secret-one", PASSWORD, token, key, seller.email):
        assert secret not in text, secret


def test_secrets_stay_out_of_the_tables(seller):
    try_in(Client(), seller.email, "wrong-secret-one")
    link_of_letter(seller)
    token = mail.outbox[-1].body.split("token=")[1].split()[0]
    with connection.cursor() as cursor:
        for table in ("axes_accessattempt", "axes_accessfailurelog", "core_outboxmessage"):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            text = cursor.fetchone()[0]
            assert "wrong-secret-one" not in text, table
            assert token not in text, table


def test_no_page_shows_a_password_or_its_hash(hr, admin, seller):
    for viewer in (hr, admin):
        client = Client()
        client.force_login(viewer)
        for name, arguments in (
            ("staff:person", [seller.pk]),
            ("admin:staff_user_change", [seller.pk]),
            ("admin:staff_user_history", [seller.pk]),
            ("core:history", ["staff.user", seller.pk]),
        ):
            response = client.get(reverse(name, args=arguments))
            assert response.status_code == 200, name
            text = response.content.decode()
            assert seller.password not in text, name
            assert "md5$" not in text, name


def test_the_audit_keeps_no_password(seller):
    change_password(seller, password="a-new-long-password")
    columns = {field.name for field in User.events.rel.related_model._meta.fields}

    assert not columns & {"password", "last_login"}
