"""The filters of the board: those of the list, for the open deals of one pipeline."""

from typing import Any

from apps.deals.choices import Outcome
from apps.deals.forms.filters import DealFilter
from apps.deals.models import Pipeline, Stage

# Of the list only: the board has all stages of one pipeline, open deals, and no bin.
NOT_OF_BOARD = ("outcome", "stage", "archived", "closed_from", "closed_to", "reason")


class BoardFilter(DealFilter):
    """The asked pipeline, the remembered one (`pipeline`), or the default one."""

    def __init__(self, data: Any, *, viewer: Any, pipeline: str = "") -> None:
        data = data.copy()
        for name in NOT_OF_BOARD:
            data.pop(name, None)
        data["outcome"] = Outcome.OPEN
        super().__init__(data, viewer=viewer)
        self.board_pipeline = self.chosen_pipeline(pipeline)
        data["pipeline"] = str(self.board_pipeline.pk) if self.board_pipeline else ""
        self.data = data

    @property
    def pipelines(self) -> list[Pipeline]:
        kept = {stage.pipeline_id: stage.pipeline for stage in self.stages}
        return [one for one in kept.values() if not one.archived_at]

    @property
    def board_stages(self) -> list[Stage]:
        """The stages of the pipeline, from the left; its ends are the last ones."""
        return [
            stage
            for stage in self.stages
            if self.board_pipeline
            and stage.pipeline_id == self.board_pipeline.pk
            and not stage.archived_at
        ]

    def chosen_pipeline(self, remembered: str) -> Pipeline | None:
        by_key = {str(one.pk): one for one in self.pipelines}
        for key in (self.data.get("pipeline", ""), remembered):
            if key in by_key:
                return by_key[key]
        usual = [one for one in self.pipelines if one.is_default]
        return (usual or self.pipelines or [None])[0]  # type: ignore[list-item]

    @property
    def more_set(self) -> int:
        """The pipeline stands in the bar itself."""
        return super().more_set - bool(self.data.get("pipeline"))

    @property
    def is_set(self) -> bool:
        names = set(self.data) - {"outcome", "pipeline", "sort", "columns", "chosen", "view"}
        return any(self.data[name] for name in names)
