"""The API by session: tokens only, so a session opens nothing. Its own matrix by token is in
tests/api/test_rights.py."""

from apps.api.actions import create_token, make_feed
from tests.factories.api import IntakeFormFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.deals import (
    ActivityFactory,
    DealFactory,
    ReceiptFactory,
    ScheduleLineFactory,
)
from tests.rights import only, page, rows

UNAUTHORISED = "401 401 401 401"
OF_SETTINGS = dict.fromkeys(("seller", "lead", "director", "hr"), "403 403 403 403")


def one(make):
    return rows(make, UNAUTHORISED, public=True)


def client(owner):
    return {"pk": ClientFactory(owner=owner).pk}


def contact(owner):
    return {"pk": ContactFactory(client=ClientFactory(owner=owner)).pk}


def deal(owner):
    return {"pk": DealFactory(owner=owner).pk}


def activity(owner):
    return {"pk": ActivityFactory(deal=DealFactory(owner=owner)).pk}


def receipt(owner):
    return {"pk": ReceiptFactory(client=ClientFactory(owner=owner)).pk}


def schedule(owner):
    return {"pk": ScheduleLineFactory(deal=DealFactory(owner=owner)).pk}


def token(owner):
    made, _secret = create_token(by=owner, name="1С", scopes=["deals:read"], days=30)
    return {"pk": made.pk}


def intake(owner):
    return {"pk": IntakeFormFactory().pk}


def form_key(owner):
    return {"key": IntakeFormFactory().key}


def calendar(owner):
    _feed, secret = make_feed(by=owner)
    return {"secret": secret}


RIGHTS = {
    **{
        f"api:{name}_list": page("401", public=True)
        for name in ("client", "contact", "deal", "activity", "receipt", "schedule")
    },
    "api:client": one(client),
    "api:contact": one(contact),
    "api:deal": one(deal),
    "api:activity": one(activity),
    "api:receipt": one(receipt),
    "api:schedule": one(schedule),
    # A form of a browser is no JSON, whoever sends it.
    "api:lead_create": page("415", methods="POST", public=True),
    "api:lead_form": rows(form_key, methods="GET", public=True),
    "api:schema": page(**only("head admin")),
    "api:token_list": page(methods="GET POST"),
    "api:token_revoke": rows(token, "302 404 404 404", methods="POST"),
    "api:calendar_feed": page(methods="GET POST"),
    "api:calendar_feed_revoke": page("302", methods="POST"),
    # Who knows the secret reads the calendar: a phone is not signed in.
    "api:calendar_ics": rows(calendar, public=True),
    "api:intake_list": page(**only("head admin")),
    "api:intake_create": page(**only("head admin"), methods="GET POST"),
    "api:intake_edit": rows(intake, methods="GET POST", **OF_SETTINGS),
    "api:intake_switch": rows(intake, "302 302 302 302", methods="POST", **OF_SETTINGS),
}
