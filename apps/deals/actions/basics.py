"""The pipelines, stages and refusal reasons that a new company begins with."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.deals.choices import NOT_STATED, ExitField, StageKind
from apps.deals.models import Pipeline, RefusalReason, Stage


@dataclass(frozen=True)
class Step:
    """A stage to make: probability in percent, days without activity, what it asks for."""

    name: str
    kind: StageKind
    percent: int
    idle: int
    asks: tuple[ExitField, ...] = ()
    guidance: str = ""


@transaction.atomic
def create_default_pipeline() -> Pipeline:
    """The usual pipelines, named in the active language; the default one is returned.

    Nothing is made when a default pipeline exists.
    """
    if known := Pipeline.objects.kept().filter(is_default=True).first():
        return known
    main = Pipeline.objects.create(name=_("Main pipeline"), order=1, is_default=True)
    make_stages(main, main_steps())
    again = Pipeline.objects.create(name=_("Repeat sales"), order=2)
    make_stages(again, repeat_steps())
    return main


def make_stages(pipeline: Pipeline, steps: list[Step]) -> None:
    for order, step in enumerate(steps, 1):
        Stage.objects.create(
            pipeline=pipeline,
            name=step.name,
            kind=step.kind,
            order=order,
            probability=Decimal(step.percent) / 100,
            max_idle_days=step.idle,
            exit_fields=[field.value for field in step.asks],
            guidance=step.guidance,
        )


def main_steps() -> list[Step]:
    return [
        Step(
            _("New request"),
            StageKind.LEAD,
            5,
            2,
            (ExitField.CLIENT,),
            _("Answer within an hour. Find out what is needed, by when and who decides."),
        ),
        Step(
            _("Qualification"),
            StageKind.OPEN,
            15,
            5,
            (ExitField.AMOUNT,),
            _("Agree on the task, the budget and the people who decide. Estimate the amount."),
        ),
        Step(
            _("Quote sent"),
            StageKind.OPEN,
            30,
            7,
            (ExitField.AMOUNT, ExitField.EXPECTED_CLOSE),
            _("Call within two days of sending. Ask for the day of the decision."),
        ),
        Step(
            _("Negotiation"),
            StageKind.OPEN,
            50,
            8,
            (ExitField.EXPECTED_CLOSE,),
            _("Give nothing without getting something. Write down what was agreed."),
        ),
        Step(
            _("Contract"),
            StageKind.OPEN,
            75,
            8,
            (),
            _("Agree on the payment schedule and who signs. Watch the promised dates."),
        ),
        Step(_("Payment"), StageKind.WON, 100, 14),
        Step(_("Refusal"), StageKind.LOST, 0, 0),
    ]


def repeat_steps() -> list[Step]:
    return [
        Step(
            _("Need found"),
            StageKind.LEAD,
            20,
            7,
            (ExitField.CLIENT,),
            _("Look at the last order: what runs out, what changes, what went wrong."),
        ),
        Step(
            _("Order agreed"),
            StageKind.OPEN,
            50,
            5,
            (ExitField.AMOUNT,),
            _("Confirm the list, the prices and the delivery day."),
        ),
        Step(
            _("Invoice issued"),
            StageKind.OPEN,
            80,
            5,
            (),
            _("Make sure that the invoice has reached the one who pays."),
        ),
        Step(_("Payment"), StageKind.WON, 100, 14),
        Step(_("Refusal"), StageKind.LOST, 0, 0),
    ]


@transaction.atomic
def create_refusal_reasons() -> None:
    """The usual tree of reasons in the active language; nothing is made when reasons exist."""
    not_stated_reason()
    if RefusalReason.objects.filter(is_system=False).exists():
        return
    for order, (name, children) in enumerate(reason_tree(), 1):
        parent = RefusalReason.objects.create(name=name, order=order * 10)
        for place, (child, controllable, asks) in enumerate(children, 1):
            RefusalReason.objects.create(
                name=child,
                parent=parent,
                is_controllable=controllable,
                needs_comment=asks,
                order=order * 10 + place,
            )


def not_stated_reason() -> RefusalReason:
    """The reason of imported losses; a migration makes it, this restores it."""
    reason, _made = RefusalReason.objects.get_or_create(
        code=NOT_STATED,
        defaults={
            "name": _("not stated (import)"),
            "is_system": True,
            "is_controllable": False,
            "order": 999,
        },
    )
    return reason


def reason_tree() -> list[tuple[str, list[tuple[str, bool, bool]]]]:
    """Name of the branch, and its reasons: name, whether we can influence it, asks for a comment."""
    return [
        (
            _("Price and terms"),
            [
                (_("Too expensive"), True, False),
                (_("Terms of payment"), True, False),
                (_("Delivery time"), True, False),
            ],
        ),
        (
            _("Product"),
            [
                (_("Lacks a function"), True, True),
                (_("Not in stock"), True, False),
                (_("Quality or certificates"), True, False),
            ],
        ),
        (
            _("Competitor"),
            [
                (_("Chose a competitor"), True, True),
                (_("Stayed with the present supplier"), True, False),
            ],
        ),
        (
            _("Client"),
            [
                (_("No budget"), False, False),
                (_("Project cancelled or postponed"), False, False),
                (_("No answer"), True, False),
                (_("Not our client"), False, False),
            ],
        ),
        (
            _("Other"),
            [
                (_("Duplicate or mistake"), False, False),
                (_("Another reason"), True, True),
            ],
        ),
    ]
