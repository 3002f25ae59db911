"""Problems in words: where they are in the file, as its user counts, and what they say."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.importing import runs
from apps.core.importing.problems import Problem
from apps.core.importing.specs import spec_for
from apps.core.importing.workbooks import letters
from apps.core.models import ImportRun


class Wording:
    """The words for the problems of one run, in the language of the reader."""

    def __init__(self, run: ImportRun):
        self._run = run
        self._labels = {each.name: str(each.label) for each in spec_for(run.kind).columns}
        self._indexes = {name: index for index, name in runs.mapping_of(run).items()}
        self._is_workbook = run.reading.get("kind") == "xlsx"

    def label(self, column: str) -> str:
        return self._labels.get(column, column)

    def of_file(self) -> str:
        """Why the file as a whole is refused; "" when it is not."""
        if not self._run.problem:
            return ""
        problem = Problem.from_json(self._run.problem)
        return problem.text(self._labels.get(problem.column, "") if problem.value else "")

    def of_row(self, line: int, error: Mapping[str, Any]) -> str:
        """The whole message: cell or line, column, value, reason, remedy."""
        problem = Problem.from_json(dict(error))
        return problem.text(self._labels.get(problem.column, ""), self.place(line, problem.column))

    def beside_line(self, line: int, error: Mapping[str, Any]) -> str:
        """The message for a table that shows the line in a column of its own."""
        problem = Problem.from_json(dict(error))
        place = self.place(line, problem.column) if self._is_workbook else ""
        return problem.text(self._labels.get(problem.column, ""), place)

    def place(self, line: int, column: str) -> str:
        """ "E14" in a workbook, "line 14" in a text."""
        if self._is_workbook and column in self._indexes:
            return f"{letters(self._indexes[column])}{line}"
        return _("line %(line)s") % {"line": line}

    def notices(self) -> list[str]:
        """What the reader of the file should know before he goes on."""
        return [Problem.from_json(each).reason() for each in self._run.reading.get("notices", [])]

    def reason(self, code: str) -> str:
        """The first sentence of a code's reason, without details, for a summary."""
        return Problem(code, params=_NoDetails()).reason().split(". ")[0].rstrip(".")


class _NoDetails(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
