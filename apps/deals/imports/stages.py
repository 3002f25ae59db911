"""Import of the stages of a pipeline, also from the stage column of a file of deals."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.access import grant
from apps.core.choices import RowStatus
from apps.core.importing import cells
from apps.core.importing.references import fold
from apps.core.importing.specs import CleanRow, Column, Option, Spec, Written, register
from apps.core.models import ImportRow, ImportRun
from apps.deals.actions import create_default_pipeline
from apps.deals.choices import StageKind
from apps.deals.imports.finding import END_WORDS
from apps.deals.models import Deal, Pipeline, Stage
from apps.staff.choices import Role

grant("deals.import_stages", to=[Role.ADMIN])

COLUMNS = (
    Column(
        "name",
        _("Stage"),
        cells.text(limit=100),
        ("stage", "deal stage", "этап", "стадия", "этап сделки", "стадия сделки"),
        required=True,
        filled=True,
    ),
)


class StageWriter:
    """Adds the stages that the pipeline does not have; its two ends are known by usual words."""

    def __init__(self, run: ImportRun):
        chosen = run.policy.get("pipeline")
        self._pipeline = Pipeline.objects.kept().filter(pk=int(chosen or 0)).first()

    def check(self, rows: Sequence[CleanRow]) -> list[Written]:
        known = self._known()
        return [
            Written(row.line, RowStatus.UNCHANGED if _key(row) in known else RowStatus.CREATED)
            for row in rows
        ]

    def write(self, rows: Sequence[CleanRow]) -> list[Written]:
        self._pipeline = self._pipeline or create_default_pipeline()
        known = self._known()
        return [self._write(row, known) for row in rows]

    def _known(self) -> dict[str, Stage]:
        pipeline = self._pipeline or Pipeline.objects.kept().filter(is_default=True).first()
        stages = Stage.objects.kept().filter(pipeline=pipeline)
        known = {fold(stage.name): stage for stage in stages}
        return known | {stage.kind: stage for stage in stages if stage.kind in END_WORDS}

    def _write(self, row: CleanRow, known: dict[str, Stage]) -> Written:
        if stage := known.get(_key(row)):
            return Written(row.line, RowStatus.UNCHANGED, stage.pk)
        kind = _kind(row.values["name"])
        stage = Stage.objects.create(
            pipeline=self._pipeline,
            name=row.values["name"],
            kind=kind,
            order=self._next_order(kind),
            probability=1 if kind == StageKind.WON else 0,
        )
        known[_key(row)] = stage
        return Written(row.line, RowStatus.CREATED, stage.pk, {"version": stage.version})

    def _next_order(self, kind: str) -> int:
        """Stages of work stand before the ends."""
        stages = Stage.objects.kept().filter(pipeline=self._pipeline)
        if kind == StageKind.OPEN:
            stages = stages.filter(kind__in=(StageKind.LEAD, StageKind.OPEN))
        last = stages.aggregate(last=Max("order"))["last"] or 0
        return last + (1 if kind == StageKind.OPEN else 100)


def _kind(name: str) -> str:
    for kind, words in END_WORDS.items():
        if fold(name) in words:
            return kind
    return StageKind.OPEN


def _key(row: CleanRow) -> str:
    kind = _kind(row.values["name"])
    return fold(row.values["name"]) if kind == StageKind.OPEN else str(kind)


class StageSpec(Spec):
    def writer(self, run: ImportRun) -> StageWriter:
        return StageWriter(run)

    def key_of(self, values: dict[str, Any]) -> str:
        return fold(values["name"])

    def options_for(self, author: Any) -> tuple[Option, ...]:
        choices = tuple((str(each.pk), each.name) for each in Pipeline.objects.kept())
        return tuple(
            Option(o.name, o.label, o.help, choices, o.default) for o in self.options if choices
        )

    def undo(self, run: ImportRun, rows: Sequence[ImportRow]) -> list[int]:
        """New stages go to the bin unless a deal stands in them."""
        kept = []
        for row in rows:
            stage = Stage.objects.select_for_update().get(pk=row.object_id or 0)
            version = (row.before or {}).get("version")
            if stage.version != version or Deal.objects.filter(stage=stage).exists():
                kept.append(row.line)
                continue
            stage.archived_at, stage.version = timezone.now(), stage.version + 1
            stage.save(update_fields=["archived_at", "version"])
        return kept


STAGES = register(
    StageSpec(
        kind="stages",
        label=_("Stages"),
        permission="deals.import_stages",
        columns=COLUMNS,
        options=(Option("pipeline", _("Pipeline"), default=""),),
        order=3,
    )
)
