"""Consents of the people on the clients' side, one of them withdrawn, and the search for duplicates."""

from __future__ import annotations

import random
from datetime import timedelta

from apps.clients.actions.searching import start_search
from apps.clients.choices import ConsentKind
from apps.clients.models import Consent, Contact
from apps.dashboard.sample.days import Span

MOST = 400
EVERY = 5
SOURCES = ("анкета на выставке", "форма «Сайт»", "письмо от контакта", "приложение к договору")
TEXT = (
    "Даю согласие на обработку моих персональных данных (имя, телефон, электронная почта) для подготовки "
    "коммерческого предложения и заключения договора."
)


def make_consents(span: Span, rng: random.Random) -> None:
    """Of every fifth contact; the last one was withdrawn ten days ago."""
    found = Contact.objects.order_by("pk").values_list("pk", "client", "client__owner")
    rows = [
        Consent(
            contact_id=contact,
            client_id=client,
            kind=ConsentKind.PERSONAL_DATA,
            text_version="2026-03",
            text=TEXT,
            given_on=span.today - timedelta(days=rng.randrange(20, 250)),
            source=rng.choice(SOURCES),
            recorded_by_id=owner,
        )
        for contact, client, owner in found[: MOST * EVERY : EVERY]
    ]
    if rows:
        rows[-1].withdrawn_on = span.today - timedelta(days=10)
        rows[-1].withdrawal_note = "письмо"
    Consent.objects.bulk_create(rows)
    start_search(by=None)
