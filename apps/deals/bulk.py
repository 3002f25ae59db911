"""What can be done to many deals at once; each row goes through the action of a single deal."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.models import Source
from apps.core.bulk import BulkAction, add_bulk_action
from apps.core.models import Tag
from apps.core.numerals import day
from apps.deals import rules
from apps.deals.actions import assign_deal, change_deal, move_deal, tag_deal
from apps.deals.models import Deal, Stage
from apps.staff.models import User

Reason = Callable[[Deal], str]


class DealAction(BulkAction):
    permission = "deals.change_deal"

    def rows(self, viewer: Any) -> QuerySet:
        # No joins: a locked row that waited would be compared anew with the rows joined before.
        return Deal.objects.visible_to(viewer)

    def refusals(self, rows: Iterable[Any], given: Any, by: Any) -> dict[int, str]:
        found = ((deal.pk, self.in_bin(deal) or self.refusal(deal, given)) for deal in rows)
        return {pk: reason for pk, reason in found if reason}

    def in_bin(self, deal: Deal) -> str:
        return _("It is in the bin.") if deal.archived_at else ""

    def refusal(self, deal: Deal, given: Any) -> str:
        """Why the deal would be skipped, "" when it would not."""
        return ""


class AssignDeals(DealAction):
    """`params`: {"owner": id}."""

    code, label, permission = "deals.assign", gettext_lazy("Hand over"), "deals.assign_deal"

    def load(self, params: dict[str, Any]) -> User:
        return one_of(User.objects.all(), params["owner"])

    def describe(self, given: User) -> str:
        return _("Deals to %(name)s") % {"name": given}

    def refusal(self, deal: Deal, given: User) -> str:
        return _("The owner is the same already.") if deal.owner_id == given.pk else ""

    def before(self, row: Deal, given: User) -> dict[str, Any]:
        return {"owner": row.owner_id}

    def apply(self, row: Deal, given: User, by: Any) -> Deal:
        return assign_deal(row, to=given, by=by)

    def revert(self, row: Deal, before: dict[str, Any], given: User, by: Any) -> Deal:
        return assign_deal(row, to=User.objects.get(pk=before["owner"]), by=by)


class MoveDeals(DealAction):
    """`params`: {"stage": id} of a stage in work: a win and a loss are told one by one."""

    code, label = "deals.stage", gettext_lazy("Stage")

    def rows(self, viewer: Any) -> QuerySet:
        parts = ("stage", "pipeline__stages", "lines", "schedule")
        return super().rows(viewer).prefetch_related(*parts)

    def load(self, params: dict[str, Any]) -> Stage:
        return one_of(Stage.objects.filter(kind__in=rules.IN_WORK), params["stage"])

    def describe(self, given: Stage) -> str:
        return _("Deals to the stage “%(stage)s”") % {"stage": given.name}

    def refusal(self, deal: Deal, given: Stage) -> str:
        if deal.stage_id == given.pk:
            return _("It is in that stage already.")
        if deal.pipeline_id != given.pipeline_id:
            return _("It is in another pipeline.")
        if deal.stage.kind not in rules.IN_WORK:
            return _("It is closed: reopen it on its own page.")
        stages = [stage for stage in deal.pipeline.stages.all() if not stage.archived_at]
        missing = rules.missing_fields(deal, given, stages=stages)
        names = ", ".join(str(field.label) for field in missing)
        return _("Not filled in: %(names)s.") % {"names": names} if missing else ""

    def before(self, row: Deal, given: Stage) -> dict[str, Any]:
        return {"stage": row.stage_id}

    def apply(self, row: Deal, given: Stage, by: Any) -> Deal:
        if reason := self.in_bin(row) or self.refusal(row, given):
            raise ValidationError(reason, code="skipped")
        return move_deal(row, to=given, by=by)

    def revert(self, row: Deal, before: dict[str, Any], given: Stage, by: Any) -> Deal:
        return move_deal(row, to=Stage.objects.get(pk=before["stage"]), by=by)


class EditDeals(DealAction):
    """`params`: {"expected_close_on": iso day, "source": id}, what is absent stays as it is."""

    code, label = "deals.edit", gettext_lazy("Edit")

    def load(self, params: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if text := params.get("expected_close_on"):
            given["expected_close_on"] = date.fromisoformat(text)
        if source := params.get("source"):
            given["source"] = one_of(Source.objects.all(), source)
        return given

    def describe(self, given: dict[str, Any]) -> str:
        parts = []
        if given.get("expected_close_on"):
            parts.append(_("expected close: %(day)s") % {"day": day(given["expected_close_on"])})
        if given.get("source"):
            parts.append(_("source: %(source)s") % {"source": given["source"]})
        return _("Deals: %(changes)s") % {"changes": ", ".join(parts)}

    def before(self, row: Deal, given: dict[str, Any]) -> dict[str, Any]:
        on = row.expected_close_on
        kept = {"source": row.source_id, "expected_close_on": on.isoformat() if on else None}
        return {name: kept[name] for name in given}

    def apply(self, row: Deal, given: dict[str, Any], by: Any) -> Deal:
        return change_deal(row, by=by, expected_version=row.version, **given)

    def revert(self, row: Deal, before: dict[str, Any], given: Any, by: Any) -> Deal:
        fields: dict[str, Any] = {}
        if "expected_close_on" in before:
            text = before["expected_close_on"]
            fields["expected_close_on"] = date.fromisoformat(text) if text else None
        if "source" in before:
            fields["source"] = Source.objects.filter(pk=before["source"]).first()
        return change_deal(row, by=by, expected_version=row.version, **fields)


class TagDeals(DealAction):
    """`params`: {"tags": [ids]}; `is_removal` takes them off instead."""

    def __init__(self, code: str, label: Any, *, is_removal: bool) -> None:
        self.code, self.label, self.is_removal = code, label, is_removal

    def rows(self, viewer: Any) -> QuerySet:
        return super().rows(viewer).prefetch_related("tags")

    def load(self, params: dict[str, Any]) -> list[Tag]:
        return list(Tag.objects.filter(pk__in=params["tags"]))

    def describe(self, given: list[Tag]) -> str:
        names = {"tags": ", ".join(tag.name for tag in given)}
        if self.is_removal:
            return _("Tags off the deals: %(tags)s") % names
        return _("Tags on the deals: %(tags)s") % names

    def refusal(self, deal: Deal, given: list[Tag]) -> str:
        has = set(deal.tags.all())
        if self.is_removal:
            return "" if has & set(given) else _("It has none of these tags.")
        return "" if set(given) - has else _("It has these tags already.")

    def before(self, row: Deal, given: list[Tag]) -> dict[str, Any]:
        return {"had": [tag.pk for tag in row.tags.all()]}

    def apply(self, row: Deal, given: list[Tag], by: Any) -> Deal:
        if self.is_removal:
            return tag_deal(row, by=by, remove=given)
        return tag_deal(row, by=by, add=given)

    def revert(self, row: Deal, before: dict[str, Any], given: list[Tag], by: Any) -> Deal:
        had = set(before["had"])
        back = [tag for tag in given if tag.pk in had]
        off = [tag for tag in given if tag.pk not in had]
        return tag_deal(row, by=by, add=back, remove=off)


def one_of(rows: Any, key: Any) -> Any:
    """The row that a batch names. Raises ValidationError "gone" when it is not there any more."""
    if found := rows.filter(pk=key).first():
        return found
    raise ValidationError(_("What was chosen is not there any more."), code="gone")


def add_bulk_actions() -> None:
    for action in (
        AssignDeals(),
        MoveDeals(),
        EditDeals(),
        TagDeals("deals.tag", gettext_lazy("Add tags"), is_removal=False),
        TagDeals("deals.untag", gettext_lazy("Remove tags"), is_removal=True),
    ):
        add_bulk_action(action)
