"""Accounts, the team, absences."""

from datetime import date

from tests.factories.staff import AbsenceFactory, DataReadingFactory
from tests.rights import FORBIDDEN, OPEN, only, page, rows

# A lead manages his team, a head his department, neither himself; HR everybody.
BY_LEADERS = {
    "seller": FORBIDDEN,
    "lead": "403 200 403 403",
    "head": "403 200 200 403",
    "director": FORBIDDEN,
    "admin": FORBIDDEN,
}
BY_HEADS = BY_LEADERS | {"lead": FORBIDDEN}
BY_KEEPERS = dict.fromkeys(("seller", "lead", "head", "director"), FORBIDDEN)


def moved(answers):
    """The same people, but what they may do ends in a redirect."""
    return {role: text.replace("200", "302") for role, text in answers.items()}


def person(owner):
    return {"pk": owner.pk}


def absence(owner):
    made = AbsenceFactory(user=owner, starts_on=date(2026, 7, 6), ends_on=date(2026, 7, 20))
    return {"pk": made.pk}


def reading(owner):
    """The log has no owner: whoever may read it reads all of it."""
    return {"pk": DataReadingFactory().pk}


def of_log_readers():
    return dict.fromkeys(("seller", "lead", "hr"), FORBIDDEN)


RIGHTS = {
    # A person who is logged in is sent on from the log-in page.
    "staff:log_in": page("302", public=True),
    "staff:log_out": page("302", methods="POST"),
    "staff:data_reading_open": page(**only("admin")),
    "staff:data_reading_close": page(**only("admin", 302), methods="POST"),
    "staff:data_reading_list": page(**only("head director admin")),
    "staff:data_reading": rows(reading, **of_log_readers()),
    "staff:export_list": page(**only("head director admin")),
    "staff:reset_password": page("200", public=True, methods="GET POST"),
    "staff:reset_sent": page("200", public=True),
    "staff:new_password": page("410", public=True, methods="GET POST"),
    "staff:profile": page("200", methods="GET POST"),
    "staff:own_password": page("200", methods="GET POST"),
    "staff:session_list": page("200"),
    "staff:session_end": rows(lambda owner: {"code": "0" * 16}, "404 404 404 404", methods="POST"),
    "staff:session_end_others": page("302", methods="POST"),
    "staff:team": page("200"),
    "staff:person": rows(person, OPEN),
    "staff:capacity": rows(person, OPEN, methods="GET POST", **BY_HEADS),
    "staff:absence_create": rows(person, OPEN, methods="GET POST", **BY_LEADERS),
    "staff:absence_change": rows(absence, OPEN, methods="GET POST", **BY_LEADERS),
    "staff:absence_remove": rows(absence, "302 302 302 302", methods="POST", **moved(BY_LEADERS)),
    "staff:person_move": rows(person, OPEN, methods="GET POST", **BY_KEEPERS),
    # An administrator may write to himself, HR to everybody of these.
    "staff:person_invite": rows(person, "302 302 302 302", methods="POST", **BY_KEEPERS),
    # Nobody dismisses himself.
    "staff:person_dismiss": rows(person, "403 200 200 200", methods="GET POST", **BY_KEEPERS),
}
