"""What is checked wherever a deal is written; each raises ValidationError with its code."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.clients.models import Client, Contact
from apps.core.calendars import company_today
from apps.core.numerals import day as day_in_words
from apps.deals import rules
from apps.deals.actions.errors import field_error
from apps.deals.choices import StageKind
from apps.deals.models import Pipeline, Stage
from apps.staff.models import User


def check_client(client: Client | None, *, by: Any) -> None:
    """Codes "foreign_client" and "archived_client"."""
    if client is None:
        return
    if client.archived_at or not Client.objects.visible_to(by).filter(pk=client.pk).exists():
        raise field_error("client", _("There is no such client."), "foreign_client")


def check_contact(contact: Contact | None, *, client: Client | None) -> None:
    if contact and (client is None or contact.client_id != client.pk):
        raise field_error("contact", _("The contact is of another client."), "foreign_contact")


def check_stage(stage: Stage, *, pipeline: Pipeline) -> None:
    if stage.pipeline_id != pipeline.pk or stage.archived_at:
        raise field_error("stage", _("The stage is of another pipeline."), "foreign_stage")


def check_not_future(field: str, day: date) -> None:
    if day > company_today():
        raise field_error(field, _("The day is in the future."), "future")


def check_step(step: str, at: datetime | None) -> None:
    """A step is a word and a moment, or neither."""
    if step.strip() and at is None:
        raise field_error("next_step_at", _("Say when."), "step_needs_when")
    if at is not None and not step.strip():
        raise field_error("next_step", _("Say what to do."), "step_needs_text")


def first_stage(pipeline: Pipeline) -> Stage:
    """Where a deal begins by default; code "no_stages" for a pipeline that nothing can begin in."""
    stages = pipeline.stages.kept().filter(kind__in=rules.IN_WORK)
    stage = stages.order_by("order", "pk").first()
    if stage is None:
        raise ValidationError(_("The pipeline has no stages to begin in."), code="no_stages")
    return stage


def check_receives(person: User, stage: Stage) -> None:
    """Nobody is given a lead while he is away (code "absent"); other deals can wait for him."""
    if stage.kind == StageKind.LEAD:
        check_at_work(person)


def check_at_work(person: User) -> None:
    away = person.absences.on(company_today()).order_by("-ends_on").first()
    if away:
        back = {"name": person, "day": day_in_words(away.ends_on)}
        text = _("%(name)s is away until %(day)s: a lead does not wait.") % back
        raise field_error("owner", text, "absent")
