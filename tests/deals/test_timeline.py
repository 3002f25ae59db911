"""The history of a deal tells of the leader's help and of what was conceded, beside the rest."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.calendars import company_zone
from apps.deals.big_choices import HelpEventKind
from apps.deals.choices import EventKind
from apps.deals.models import Concession
from apps.deals.timeline import timeline_of
from tests.factories.big_deals import ConcessionFactory, HelpEventFactory, HelpRequestFactory
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db


def events(deal, kind=EventKind.ALL):
    days = timeline_of(deal, moves=[], zone=company_zone(), kind=kind).days
    return [event for _day, group in days for event in group]


@pytest.fixture
def talked(seller, lead):
    """Help asked for on 3 November and given on the 4th; a discount on the 2nd, one struck out."""
    deal = DealFactory(owner=seller)
    request = HelpRequestFactory(deal=deal, author=seller, asked_of=lead, question="Нужна скидка")
    for day, kind, author, text in (
        (3, HelpEventKind.ASKED, seller, ""),
        (4, HelpEventKind.ANSWERED, lead, "До пяти процентов"),
    ):
        at = datetime(2026, 11, day, 9, tzinfo=UTC)
        HelpEventFactory(request=request, kind=kind, author=author, text=text, happened_at=at)
    ConcessionFactory(deal=deal, in_return="Предоплата")
    wrong = ConcessionFactory(deal=deal, given="Ошибка")
    ConcessionFactory(deal=deal, given="Ошибка", reversal_of=wrong, worth=Decimal(0))
    return deal


def test_help_and_concessions_stand_in_the_history(talked, seller, lead):
    told = [(event.who, event.text) for event in events(talked)]

    assert told == [
        (str(lead), "До пяти процентов"),
        (str(seller), "Нужна скидка"),
        (str(seller), "Скидка\nВзамен: Предоплата"),
    ]
    assert "50 000,00" in events(talked)[-1].title.replace("\u00a0", " ").replace("\u202f", " ")


def test_they_are_neither_activities_nor_money(talked):
    assert Concession.objects.filter(deal=talked).count() == 3
    assert events(talked, EventKind.ACTIVITIES) == events(talked, EventKind.MONEY) == []
