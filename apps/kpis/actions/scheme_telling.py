"""Telling people by which rules their months will be judged."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.core.notifying import notify
from apps.core.periods import month_of
from apps.kpis.models import SchemeVersion

STARTED = "kpis.scheme_started"


def tell_judged(version: SchemeVersion, people: list[Any], by: Any) -> None:
    """Everybody whom the version judges from its month on, its starter left out."""
    if version.starts_on is None:
        return
    period = month_of(version.starts_on)
    # The month is named in each person's language.
    label = lazy(lambda: period.label, str)()
    notify(
        [person for person in people if person.pk != by.pk],
        kind=STARTED,
        title=format_lazy(_("{month}: your KPI is counted by new rules"), month=label),
        body=version.note or _("Look at the weights, targets and gates."),
        url=reverse("kpis:scheme", args=[version.scheme_id]),
        dedupe_key=f"kpi-scheme:{version.pk}",
    )
