"""What the page of building blocks shows: invented names and figures."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class CallForm(forms.Form):
    """Three fields, as daily forms have."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("agreed", gettext_lazy("Agreed")), ("refused", gettext_lazy("Refused"))],
    )
    step = forms.CharField(
        label=gettext_lazy("Next step"), help_text=gettext_lazy("For example: get the contract")
    )
    due_on = forms.DateField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    helper = FormHelper()
    helper.attrs = {"data-draft": "sample", "novalidate": "novalidate"}
    helper.add_input(Submit("save", gettext_lazy("Write down"), css_class="btn p"))


def sample(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "form": CallForm({"step": "", "outcome": "agreed"}),
        "blank_form": CallForm(),
        "statuses": ["400", "403", "404", "409", "413", "429", "500", "503"],
        "timeline": timeline(),
        "page": Paginator(range(1, 431), 50).get_page(request.GET.get("page", 3)),
        "keyset": {"next": "after=50", "previous": "", "shown": 50, "count": "10 000+"},
        "today": today,
        "now": timezone.now(),
        "last_year": date(today.year - 1, 11, 23),
        "amount": Decimal("4850000"),
        "gap": Decimal("2040000"),
        "share": Decimal("0.618"),
        "difference": Decimal("-0.064"),
        "plan_bar_short": plan_bar(),
        "stages": stages(today),
        "funnel": funnel(),
        "ageing": ageing(),
        "job": job("running", 412, 1000),
        "job_done": job("done", 1000, 1000),
        "job_failed": job("failed", 14, 1000),
        "history": history(),
        "conflict": conflict(),
        "tabs": tabs(),
        "chips": chips(),
        "columns": columns(),
        "plan_fact": plan_fact(today),
        "waterfall": waterfall(),
        "small_line": small_line(today),
    }


def plan_bar() -> dict[str, Any]:
    return {
        "fact": "0.549",
        "marks": [
            {"at": "0.587", "label": _("by today"), "value": "31,68", "is_today": True},
            {"at": "0.778", "label": _("minimum"), "value": "42,00"},
            {"at": "0.889", "label": _("plan"), "value": "48,00"},
        ],
    }


def stages(today: date) -> list[dict[str, Any]]:
    return [
        {"name": _("New request"), "state": "done", "note": (today - timedelta(83))},
        {"name": _("Qualification"), "state": "done", "note": (today - timedelta(82))},
        {"name": _("Contract"), "state": "now", "late": True, "text": _("10 days of 8")},
        {"name": _("Payment"), "state": "", "text": _("needed: date, signatory")},
    ]


def timeline() -> list[dict[str, Any]]:
    return [
        {
            "at": timezone.now() - timedelta(minutes=40),
            "icon_name": "telephone-x",
            "title": _("Call without an answer"),
            "who": "Анна Соколова",
            "text": _("The third attempt today, a message is sent."),
        },
        {
            "at": timezone.now() - timedelta(hours=6),
            "icon_name": "file-earmark-text",
            "title": _("Contract, version 3"),
            "tag": {"text": _("confirmed by the client"), "tone": "good"},
        },
    ]


def funnel() -> list[dict[str, Any]]:
    return [
        {"label": _("New request"), "count": 212, "share": "1"},
        {"label": _("Qualification"), "count": 148, "share": "0.7"},
        {"label": _("Quote"), "count": 52, "share": "0.25"},
    ]


def ageing() -> list[dict[str, Any]]:
    rows = (
        (_("Not due yet"), 41, 11_280_000, "0.605"),
        (_("1–30 days"), 12, 3_612_000, "0.194"),
        (_("31–60 days"), 5, 2_090_000, "0.112"),
        (_("61–90 days"), 3, 1_024_000, "0.055"),
        (_("Over 90 days"), 2, 634_000, "0.034"),
    )
    return [
        {"label": label, "count": count, "amount": Decimal(amount), "share": Decimal(share)}
        for label, count, amount, share in rows
    ]


def job(status: str, done: int, total: int) -> SimpleNamespace:
    failed = _("Row 14: the tax number has fewer than 10 digits.") if status == "failed" else ""
    return SimpleNamespace(
        pk=0, status=status, done=done, total=total, error=failed, message=_("Reading rows")
    )


def history() -> list[dict[str, Any]]:
    return [
        {
            "at": timezone.now() - timedelta(days=days),
            "author": "Анна Соколова",
            "changes": [
                {"field": _("Amount"), "old": "4 600 000 ₽", "new": "4 850 000 ₽"},
                {"field": _("Stage"), "old": _("Quote"), "new": _("Contract")},
            ],
        }
        for days in (0, 4)
    ]


def conflict() -> list[dict[str, Any]]:
    return [
        {"name": "amount", "label": _("Amount"), "mine": "4 850 000 ₽", "theirs": "4 600 000 ₽"},
        {"name": "owner", "label": _("Owner"), "mine": "Анна Соколова", "theirs": "Дмитрий Орлов"},
    ]


def tabs() -> list[dict[str, Any]]:
    return [
        {"label": _("Deal"), "url": "?tab=deal", "is_current": True},
        {"label": _("Payments"), "url": "?tab=payments", "count": 3},
        {"label": _("History"), "url": "?tab=history"},
    ]


def chips() -> list[dict[str, Any]]:
    return [
        {"label": _("Period"), "value": _("November 2026"), "options": tabs()},
        {"label": _("Team"), "value": _("All"), "options": tabs()},
    ]


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Client"), "sort": "client"},
        {"label": _("Amount"), "sort": "amount", "is_number": True},
        {"label": _("Owner")},
    ]


def plan_fact(today: date) -> dict[str, Any]:
    """20 working days, fact for 14 of them, the forecast with its two bands for the rest."""
    days = [today + timedelta(shift) for shift in range(20)]
    plan = [round(2.4 * (index + 1), 2) for index in range(20)]
    fact = [round(2.1 * (index + 1) + index % 3 * 0.3, 2) for index in range(14)]
    middle = [round(fact[-1] + 2.8 * step, 2) for step in range(7)]
    spread = [round(0.9 * step**0.5, 2) for step in range(7)]
    return {
        "unit": _("m ₽"),
        "days": [day.isoformat() for day in days],
        "plan": plan,
        "fact": fact,
        "forecast": {
            "middle": middle,
            "low50": [round(a - b, 2) for a, b in zip(middle, spread, strict=True)],
            "high50": [round(a + b, 2) for a, b in zip(middle, spread, strict=True)],
            "low80": [round(a - 1.9 * b, 2) for a, b in zip(middle, spread, strict=True)],
            "high80": [round(a + 1.9 * b, 2) for a, b in zip(middle, spread, strict=True)],
        },
    }


def waterfall() -> dict[str, Any]:
    terms = (
        (_("Expected"), _("by day 14 of 20"), 31.68, True),
        (_("Leads"), _("212 instead of 221"), -1.18, False),
        (_("Conversion"), "17,9 %", -1.62, False),
        (_("Average deal"), "781", 1.05, False),
        (_("Mix"), "", -0.29, False),
        (_("Fact"), _("paid"), 29.64, True),
    )
    return {
        "unit": _("m ₽"),
        "terms": [
            {"label": label, "note": note, "value": value, "is_total": is_total}
            for label, note, value, is_total in terms
        ],
    }


def small_line(today: date) -> dict[str, Any]:
    days = [(today + timedelta(shift)).isoformat() for shift in range(14)]
    fact = [0, 0.4, 0.4, 1.1, 1.1, 1.6, 2.3, 2.3, 3.1, 3.5]
    return {"unit": "", "days": days, "plan": [round(0.4 * i, 1) for i in range(14)], "fact": fact}
