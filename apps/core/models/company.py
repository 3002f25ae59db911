"""The company: one row of settings, its calendar and its exchange rates."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.choices import Currency
from apps.core.models.base import Versioned, audited
from apps.core.standing import Standing

# The company as this request has read it; nothing is kept between requests, nor by tasks but within
# Company.kept().
_read: ContextVar[dict[str, "Company"] | None] = ContextVar("company", default=None)


@audited()
class Company(Versioned):
    """The settings of the one company of this installation; read through `Company.current()`."""

    name = models.CharField(_("name"), max_length=255)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow")
    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.RUB
    )
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    counts_with_vat = models.BooleanField(_("plan and bonus count with VAT"), default=True)
    night_starts_at = models.TimeField(_("nightly calculation starts at"), default=time(2))
    # Until then the first steps (people, pipeline, plan, first import) are offered on every start.
    set_up_at = models.DateTimeField(_("set up at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_company"),
            models.CheckConstraint(
                condition=Q(fiscal_year_start_month__range=(1, 12)), name="fiscal_month_exists"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        (_read.get() or {}).clear()

    @classmethod
    def current(cls) -> "Company":
        """The company, read once a request; before the set-up, an unsaved one with the defaults."""
        kept = _read.get()
        if kept is None:
            return cls.read()
        if "company" not in kept:
            kept["company"] = cls.read()
        return copy.copy(kept["company"])

    @classmethod
    def read(cls) -> "Company":
        found = _the_company()
        return found[0] if found else cls(pk=1, name="")

    @staticmethod
    def keep_for_request(**_: Any) -> None:
        """At the beginning of a request: what is read from now on is kept."""
        _read.set({})

    @staticmethod
    def forget(**_: Any) -> None:
        """At its end."""
        _read.set(None)

    @staticmethod
    @contextmanager
    def kept() -> Iterator[None]:
        """Within the block, as within a request: for short work in the background."""
        before = _read.set({})
        try:
            yield
        finally:
            _read.reset(before)


_the_company = Standing(lambda: Company.objects.filter(pk=1))


@audited()
class CalendarDay(models.Model):
    """The company's own exception to the production calendar of the `holidays` library."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ["-day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}"


@audited()
class ExchangeRate(models.Model):
    """Price of one unit of `currency` in the company's currency, from the day `starts_on` on."""

    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices)
    starts_on = models.DateField(_("from"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "starts_on"], name="one_rate_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
        ]

    def __str__(self):
        return f"{self.currency} {self.starts_on:%Y-%m-%d}"
