"""What the import wizard asks: the file, how it is read, which column is what, the rules."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.importing import amounts, dates, runs
from apps.core.importing.delimited import DELIMITERS
from apps.core.importing.references import fold
from apps.core.importing.specs import Option, Spec
from apps.core.importing.text import ENCODINGS
from apps.core.models import ImportRun

_DELIMITER_NAMES = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical bar")}
# A tab does not survive in the value of an option.
_TAB = "tab"
# Nothing chosen: what is unclear is refused, what can be detected is detected.
_NONE = "none"


class _Plain:
    """The page writes the form tag and the buttons."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class UploadForm(_Plain, forms.Form):
    kind = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=1000)

    def __init__(self, *args: Any, specs: Mapping[str, Spec], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, spec.label) for kind, spec in specs.items()]


class ReadingForm(_Plain, forms.Form):
    """How the file is read; what was detected is chosen already."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(name, name) for name in ENCODINGS])
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        choices=[
            (_NONE, _("detect it")),
            *((_TAB if mark == "\t" else mark, _DELIMITER_NAMES[mark]) for mark in DELIMITERS),
        ],
    )
    has_headings = forms.BooleanField(
        label=_("The file has a row of headings"), required=False, initial=True
    )
    number_style = forms.ChoiceField(
        label=_("Numbers"),
        choices=[
            (_NONE, _("refuse what is unclear")),
            (amounts.COMMA, _("1 234,56: comma before the fraction")),
            (amounts.POINT, _("1,234.56: point before the fraction")),
        ],
    )
    date_style = forms.ChoiceField(
        label=_("Dates"),
        choices=[
            (_NONE, _("refuse what is unclear")),
            (dates.DAY_FIRST, _("01/02/2026 is 1 February")),
            (dates.MONTH_FIRST, _("01/02/2026 is January 2")),
        ],
    )
    serials = forms.BooleanField(label=_("Bare numbers are Excel dates"), required=False)
    fill_merged = forms.BooleanField(
        label=_("Fill merged cells with the value above"), required=False
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if run.reading.get("kind") == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]
        else:
            del self.fields["fill_merged"]

    @classmethod
    def shown(cls, run: ImportRun) -> "ReadingForm":
        """The form as the file was read; a guess of the encoding is offered."""
        found = run.reading
        guess = run.problem.get("params", {}).get("encoding", "")
        initial = {
            "encoding": found.get("encoding") or guess,
            "delimiter": _TAB
            if found.get("delimiter") == "\t"
            else found.get("delimiter") or _NONE,
            "has_headings": found.get("heading_line", 0) >= 0,
            "number_style": found.get("number_style") or _NONE,
            "date_style": found.get("date_style") or _NONE,
            "serials": found.get("serials") == "yes",
            "fill_merged": found.get("fill_merged"),
        }
        return cls(run=run, initial=initial)

    def choices(self) -> dict[str, Any]:
        """The arguments of `read_anew`."""
        chosen = {
            name: "" if value == _NONE else value for name, value in self.cleaned_data.items()
        }
        chosen["serials"] = "yes" if chosen["serials"] else ""
        if chosen.get("delimiter") == _TAB:
            chosen["delimiter"] = "\t"
        return chosen


class ColumnsForm(forms.Form):
    """One list of fields for each column of the file."""

    def __init__(self, *args: Any, run: ImportRun, spec: Spec, **kwargs: Any):
        super().__init__(*args, **kwargs)
        mapped = runs.mapping_of(run)
        suggested = {int(i): name for i, name in run.reading.get("suggested", {}).items()}
        choices = [("", _("leave out")), *((each.name, each.label) for each in spec.columns)]
        for index in range(len(run.reading.get("headings", []))):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                choices=choices, required=False, initial=mapped.get(index) or suggested.get(index)
            )

    def mapping(self) -> dict[int, str]:
        return {
            int(name.removeprefix("column-")): value
            for name, value in self.cleaned_data.items()
            if value
        }


class PolicyForm(_Plain, forms.Form):
    """The rules of the last step, and what is meant by names that are not known."""

    bad_rows = forms.ChoiceField(
        label=_("Rows with errors"),
        choices=[
            (runs.SKIP, _("skip them and import the others")),
            (runs.ALL, _("import all rows or nothing")),
        ],
        widget=forms.RadioSelect,
    )
    existing = forms.ChoiceField(
        label=_("Records that exist"),
        choices=[
            (runs.OVERWRITE, _("overwrite with the values of the file")),
            (runs.ONLY_EMPTY, _("fill in only what is empty")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, run: ImportRun, spec: Spec, **kwargs: Any):
        policy = runs.with_defaults(spec, run.policy)
        super().__init__(*args, **{"initial": policy, **kwargs})
        self._options = spec.options_for(run.author)
        for option in self._options:
            self.fields[option.name] = _field_of(option)
        self._add_names(run, policy["values"])

    def _add_names(self, run: ImportRun, values: Mapping[str, Mapping[str, str]]) -> None:
        """A list for each unknown name; the nearest known one is only suggested, in the label."""
        self.unknown: list[dict[str, Any]] = []
        known = run.preview.get("names", {})
        written = {
            column: {
                **{name: {"rows": 0, "nearest": ""} for name in values.get(column, {})},
                **found,
            }
            for column, found in {
                **{column: {} for column in values},
                **run.preview.get("unknown", {}),
            }.items()
        }
        for column, names in written.items():
            for number, (name, facts) in enumerate(names.items()):
                self._add_name(f"name-{column}-{number}", column, name, facts, known, values)

    def _add_name(
        self,
        field: str,
        column: str,
        name: str,
        facts: Mapping[str, Any],
        known: Mapping[str, list[str]],
        values: Mapping[str, Mapping[str, str]],
    ) -> None:
        chosen = values.get(column, {}).get(name, "")
        offered = dict.fromkeys([*([chosen] if chosen else []), *known.get(column, [])])
        if not offered:
            return
        choices = [("", _("reject these rows")), *((each, each) for each in offered)]
        self.fields[field] = forms.ChoiceField(choices=choices, required=False, initial=chosen)
        nearest = next((each for each in offered if fold(each) == fold(facts["nearest"])), "")
        self.unknown.append(
            {
                "field": self[field],
                "column": column,
                "name": name,
                "rows": facts["rows"],
                "nearest": "" if chosen else nearest,
            }
        )

    def policy(self) -> dict[str, Any]:
        data = self.cleaned_data
        policy = {name: data[name] for name in ("bad_rows", "existing")}
        policy |= {option.name: _plain_value(data[option.name]) for option in self._options}
        values: dict[str, dict[str, str]] = {}
        for entry in self.unknown:
            if meant := data.get(entry["field"].name):
                values.setdefault(entry["column"], {})[entry["name"]] = meant
        return policy | {"values": values}

    def rules(self) -> list[forms.BoundField]:
        """The fields of the rules, without the names."""
        return [field for field in self if not field.name.startswith("name-")]


def _field_of(option: Option) -> forms.Field:
    if option.choices:
        return forms.ChoiceField(label=option.label, help_text=option.help, choices=option.choices)
    if isinstance(option.default, bool):
        return forms.BooleanField(label=option.label, help_text=option.help, required=False)
    return forms.DateField(
        label=option.label,
        help_text=option.help,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _plain_value(value: Any) -> Any:
    return (
        value.isoformat()
        if hasattr(value, "isoformat")
        else (value or ("" if value is None else value))
    )
