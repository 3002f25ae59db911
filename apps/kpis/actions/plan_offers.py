"""Saying what one expects to win in a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.calendars import company_today
from apps.core.money import round_money
from apps.core.periods import month_of
from apps.kpis.models import PlanOffer
from apps.staff.models import User


def speaks_for(by: Any, person: User) -> bool:
    """Everybody for himself, a lead for the sellers of his team too."""
    if not allowed(by, "kpis.offer_plan"):
        return False
    seen = User.objects.work_visible_to(by).selling().working()
    return bool(seen.filter(pk=person.pk).exists())


@transaction.atomic
def offer_plan(
    person: User, month: date, amount: Decimal, *, by: Any, words: str = ""
) -> PlanOffer:
    """Keep the word; saying the same again adds nothing.

    `month` is its first day. Raises PermissionDenied, ValidationError "over" for a month that has
    passed, "negative".
    """
    if not speaks_for(by, person):
        raise PermissionDenied
    if month_of(month).end <= company_today():
        raise ValidationError(_("The month is over."), code="over")
    if amount < 0:
        raise ValidationError(_("An expectation is not negative."), code="negative")
    # Two windows of one person wait for each other, so that neither repeats the other's word.
    User.objects.select_for_update().get(pk=person.pk)
    said = {"amount": round_money(amount), "words": words.strip()}
    last = PlanOffer.objects.filter(user=person, month=month).order_by("-pk").first()
    if last and (last.amount, last.words) == (said["amount"], said["words"]):
        return last
    return PlanOffer.objects.create(user=person, month=month, author=by, **said)
