"""What the awkward files expect of the base, and a way to run a file through the engine."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.base import ContentFile

from apps.core.importing import engine, preview, runs, starting
from apps.core.importing.problems import Problem
from apps.core.models import Company
from apps.deals.actions import create_deal
from apps.deals.choices import StageKind
from apps.deals.models import Pipeline, Stage
from apps.staff.actions import dismiss
from apps.staff.choices import Role
from tests.factories.staff import UserFactory

BAD_INPUTS = Path(__file__).parent / "bad_inputs"
MANIFEST = json.loads((BAD_INPUTS / "manifest.json").read_text())
STAGES = (
    ("new", StageKind.OPEN),
    ("qualified", StageKind.OPEN),
    ("proposal", StageKind.OPEN),
    ("won", StageKind.WON),
    ("lost", StageKind.LOST),
)
AS_SAID = {"bad_rows": "skip", "create_clients": True}


@pytest.fixture
def sales_stages(db):
    """The stages of the files in a default pipeline of their own."""
    Pipeline.objects.update(is_default=False)
    pipeline = Pipeline.objects.create(name="Импорт", is_default=True)
    for order, (name, kind) in enumerate(STAGES, 1):
        Stage.objects.create(pipeline=pipeline, name=name, kind=kind, order=order)
    return pipeline


@pytest.fixture
def importers(department, team_a, team_b, head, sales_stages, settings, tmp_path):
    """anna leads team A where boris sells, vera is in team B, gleb has left; `head` runs imports."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Company.objects.update_or_create(pk=1, defaults={"name": "Ромашка", "currency": "RUB"})
    people = {
        "anna": UserFactory(email="anna@example.com", role=Role.LEAD, team=team_a),
        "boris": UserFactory(email="boris@example.com", team=team_a),
        "vera": UserFactory(email="vera@example.com", team=team_b),
        "gleb": UserFactory(email="gleb@example.com", team=team_b),
        "head": head,
    }
    team_a.leader = people["anna"]
    team_a.save()
    dismiss(people["gleb"], date(2025, 3, 3), by=UserFactory(role=Role.ADMIN))
    return people


@pytest.fixture
def foreign_deal(importers, sales_stages):
    """A deal of team B that anna may not see."""
    return create_deal(
        by=importers["vera"],
        title="Чужая сделка",
        pipeline=sales_stages,
        owner=importers["vera"],
        external_id="B-00001",
    )


@pytest.fixture
def bad_input(tmp_path):
    """The path of an awkward file; the packed ones are unpacked."""

    def path(name):
        packed = BAD_INPUTS / f"{name}.gz"
        if not packed.exists():
            return BAD_INPUTS / name
        unpacked = tmp_path / name
        if not unpacked.exists():
            unpacked.write_bytes(gzip.decompress(packed.read_bytes()))
        return unpacked

    return path


@pytest.fixture
def receive(importers, bad_input):
    """Take a file in, as the wizard and the command do."""

    def take(name, *, kind="deals", by=None, content=None, **reading):
        source = File(bad_input(name).open("rb")) if content is None else ContentFile(content)
        with source:
            run = runs.receive(source, name=name, kind=kind, author=by or importers["head"])
        if reading and run.source:
            runs.read_anew(run, **reading)
        return run

    return take


@pytest.fixture
def import_file(receive):
    """Take a file in and write it; returns the finished run, or the refused one."""

    def run_file(name, *, policy=None, **where):
        run = receive(name, **where)
        if run.problem:
            return run
        runs.choose_policy(run, AS_SAID | (policy or {}))
        return write(run)

    return run_file


def write(run):
    run = starting.start(run)
    for _progress in engine.import_run(run):
        pass
    run.refresh_from_db()
    return run


def check(run, policy=None):
    runs.choose_policy(run, AS_SAID | (policy or {}))
    return preview.check(run)


def codes_of(run):
    """The codes of a run: of the file, or of its rows."""
    if run.problem:
        return {Problem.from_json(run.problem).key}
    return {
        error["code"] for row in run.import_rows.filter(status="rejected") for error in row.errors
    }


def counts_of(run):
    return run.created, run.updated, run.unchanged, run.rejected
