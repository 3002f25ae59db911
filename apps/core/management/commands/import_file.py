"""Import a file from the command line, by the same engine and with the same rights as the wizard."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.choices import ImportStatus
from apps.core.importing import engine, errorfile, preview, runs, starting
from apps.core.importing.problems import Problem
from apps.core.importing.specs import all_specs
from apps.core.importing.wording import Wording
from apps.core.models import ImportRun

POLICIES = {"skip": runs.SKIP, "all-or-nothing": runs.ALL}


class Command(BaseCommand):
    help = "Import a CSV or XLSX file: people, products, stages, clients or deals."

    kind = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        if not self.kind:
            parser.add_argument("kind", choices=sorted(all_specs()))
        parser.add_argument("file")
        parser.add_argument(
            "--as", dest="author", required=True, help="e-mail of the importing user"
        )
        parser.add_argument("--policy", choices=sorted(POLICIES), default="skip")
        parser.add_argument(
            "--only-empty", action="store_true", help="never overwrite what is filled in"
        )
        parser.add_argument("--create-clients", action="store_true")
        parser.add_argument("--incomplete-open", action="store_true")
        parser.add_argument("--blank-manager-is-me", action="store_true")
        parser.add_argument("--join-duplicates", action="store_true")
        parser.add_argument("--currency", default="")
        parser.add_argument("--since", default="", help="date from which places in teams hold")
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--no-headings", action="store_true")
        parser.add_argument("--number-style", choices=["point", "comma"], default="")
        parser.add_argument("--date-style", choices=["day_first", "month_first"], default="")
        parser.add_argument(
            "--excel-dates", action="store_true", help="bare numbers are Excel dates"
        )
        parser.add_argument("--fill-merged", action="store_true")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=N",
            help="column N, from 1, is FIELD",
        )
        parser.add_argument(
            "--match",
            action="append",
            default=[],
            metavar="FIELD:WRITTEN=MEANT",
            help="what is meant by a name of the file",
        )
        parser.add_argument("--errors", default="", help="where to write the rejected rows")
        parser.add_argument(
            "--check", action="store_true", help="say what would happen, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        author = self.author(options["author"])
        with translation.override(author.language):
            try:
                run = self.receive(author, options)
                self.import_run(run, options)
            except ValidationError as fault:
                raise CommandError("\n".join(fault.messages)) from fault

    def author(self, email: str) -> Any:
        user = get_user_model().objects.filter(email=email.strip().lower()).first()
        if user is None or not user.is_active:
            raise CommandError(f"there is no working user {email}")
        return user

    def receive(self, author: Any, options: dict[str, Any]) -> ImportRun:
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                kind = self.kind or options["kind"]
                run = runs.receive(File(file), name=path.name, kind=kind, author=author)
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from fault
        if run.source is not None and (chosen := reading_choices(options)):
            runs.read_anew(run, **chosen)
        if run.source is not None and options["column"]:
            runs.choose_columns(run, chosen_columns(options["column"]))
        if run.problem:
            raise CommandError(problem_text(run))
        return run

    def import_run(self, run: ImportRun, options: dict[str, Any]) -> None:
        runs.choose_policy(run, policy_from(options))
        if options["check"]:
            found = preview.check(run)
            self.stdout.write(counts_text(found["counts"], found["rows"]))
            return
        started = starting.start(run)
        if started.pk != run.pk:
            raise CommandError(_("The same file is being imported right now."))
        for done, total in engine.import_run(started):
            self.stdout.write(f"\r{done}/{total}", ending="" if sys.stdout.isatty() else "\n")
        self.report(started, options["errors"])

    def report(self, run: ImportRun, errors: str) -> None:
        run.refresh_from_db()
        names = ("created", "updated", "unchanged", "rejected")
        counts = {name: getattr(run, name) for name in names}
        self.stdout.write(counts_text(counts, run.rows))
        if run.problem:
            self.stdout.write(problem_text(run))
        if errors and run.rejected:
            with open(errors, "w", encoding="utf-8", newline="") as out:
                written = errorfile.write_errors_of(run, out)
            line = ngettext(
                "%(n)s row written to %(file)s", "%(n)s rows written to %(file)s", written
            )
            self.stdout.write(line % {"n": written, "file": errors})
        if run.status != ImportStatus.DONE:
            raise CommandError(_("The import has not finished."))


def reading_choices(options: dict[str, Any]) -> dict[str, Any]:
    """What the user said about the file; empty when everything is left to detection."""
    chosen = {
        "encoding": options["encoding"],
        "delimiter": {"tab": "\t"}.get(options["delimiter"], options["delimiter"]),
        "number_style": options["number_style"],
        "date_style": options["date_style"],
        "serials": "yes" if options["excel_dates"] else "",
        "fill_merged": options["fill_merged"],
    }
    chosen = {name: value for name, value in chosen.items() if value}
    return chosen | ({"has_headings": False} if options["no_headings"] else {})


def chosen_columns(pairs: list[str]) -> dict[int, str]:
    """["amount=3"] → {2: "amount"}."""
    try:
        return {int(number) - 1: name for name, number in (pair.split("=") for pair in pairs)}
    except ValueError as fault:
        raise CommandError("--column is written as FIELD=N") from fault


def policy_from(options: dict[str, Any]) -> dict[str, Any]:
    policy = {
        "bad_rows": POLICIES[options["policy"]],
        "existing": runs.ONLY_EMPTY if options["only_empty"] else runs.OVERWRITE,
        "create_clients": options["create_clients"],
        "incomplete_open": options["incomplete_open"],
        "currency": options["currency"].upper(),
        "since": options["since"],
        "values": matches(options["match"]),
    }
    if options["blank_manager_is_me"]:
        policy["blank_manager"] = "mine"
    if options["join_duplicates"]:
        policy["duplicates"] = "join"
    return policy


def matches(pairs: list[str]) -> dict[str, dict[str, str]]:
    """["product:GTXPro=GTX Pro"] → {"product": {"GTXPro": "GTX Pro"}}."""
    values: dict[str, dict[str, str]] = {}
    for pair in pairs:
        column, _colon, rest = pair.partition(":")
        written, equals, meant = rest.partition("=")
        if not (column and equals):
            raise CommandError("--match is written as FIELD:WRITTEN=MEANT")
        values.setdefault(column, {})[written] = meant
    return values


def problem_text(run: ImportRun) -> str:
    return f"{run.file_name}: {Wording(run).of_file()} [{Problem.from_json(run.problem).key}]"


def counts_text(counts: dict[str, int], rows: int) -> str:
    return _(
        "Rows %(rows)s: created %(created)s, updated %(updated)s, "
        "unchanged %(unchanged)s, rejected %(rejected)s."
    ) % {
        "rows": rows,
        **{name: counts.get(name, 0) for name in ("created", "updated", "unchanged", "rejected")},
    }
