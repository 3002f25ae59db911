"""The squashed migrations make what the steps made that they stand for."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.writer import MigrationWriter

from sales_mgmt.runtime.account import server_account
from sales_mgmt.runtime.binaries import postgres_programs
from sales_mgmt.runtime.state import BASE_DIR

# `migrate` as it was before there were squashed migrations, up to the named steps.
STEP_BY_STEP = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "sales_mgmt.settings"
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
loader = executor.loader
loader.replace_migrations = False
loader.build_graph()
wanted = [tuple(name.split(".")) for name in sys.argv[1:]]
executor.migrate(wanted or [
    key for key in loader.graph.leaf_nodes() if not loader.disk_migrations[key].replaces
])
"""
# What an installation had that stopped at an early version: some rooms whole, some in the middle.
AN_EARLY_VERSION = (
    "core.0003_saved_views",
    "staff.0002_data_readings",
    "tasks.0001_initial",
    "clients.0003_client_depth",
    "deals.0003_system_refusal_reason",
    "kpis.0002_initial",
)


@pytest.fixture(scope="module")
def steps():
    """All migrations with every step for itself."""
    return MigrationLoader(None, replace_migrations=False)


@pytest.fixture(scope="module")
def squashed(steps):
    return [migration for migration in steps.disk_migrations.values() if migration.replaces]


def test_the_models_are_those_of_the_single_steps(steps, squashed):
    rooms = {migration.app_label for migration in squashed}
    ends = [
        key
        for key in steps.graph.leaf_nodes()
        if key[0] in rooms and not steps.disk_migrations[key].replaces
    ]
    by_steps = steps.project_state(ends).models
    at_once = MigrationLoader(None).project_state().models

    assert {"core", "staff", "deals", "kpis"} <= rooms
    for key, model in by_steps.items():
        assert written(at_once[key]) == written(model), key


def written(model):
    """The model as a migration would say it: columns in their order, options without empty lists."""
    options = {name: value for name, value in model.options.items() if value != []}
    fields = [(name, serialized(field)) for name, field in model.fields.items()]
    return fields, serialized(options), model.bases, serialized(model.managers)


def serialized(value):
    return MigrationWriter.serialize(value)[0]


def test_seeds_are_kept(steps, squashed):
    for migration in squashed:
        replaced = [steps.disk_migrations[key] for key in migration.replaces]
        seeds = [seed for step in replaced for seed in seeds_of(step) if not seed.elidable]
        assert [seed.code for seed in seeds_of(migration)] == [seed.code for seed in seeds]


def seeds_of(migration):
    return [operation for operation in migration.operations if isinstance(operation, RunPython)]


def test_no_migration_depends_on_a_squashed_one(steps, squashed):
    """Else a room could not be squashed again: name the last step of the room instead."""
    names = {(migration.app_label, migration.name) for migration in squashed}
    for migration in steps.disk_migrations.values():
        assert not names & set(migration.dependencies), migration


class Database:
    """An empty database beside that of the tests; it goes with the test."""

    def __init__(self, name):
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.name, self.url = name, urlunsplit(parts._replace(path=f"/{name}"))
        self.make()

    def make(self):
        self._at_the_server(f"DROP DATABASE IF EXISTS {self.name}", f"CREATE DATABASE {self.name}")

    def remove(self):
        self._at_the_server(f"DROP DATABASE {self.name}")

    def run(self, *arguments):
        environment = {**os.environ, "DATABASE_URL": self.url}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        subprocess.run([sys.executable, *arguments], cwd=BASE_DIR, env=environment, check=True)

    def migrate(self):
        self.run("manage.py", "migrate", "-v0")

    def step_by_step(self, *targets):
        self.run("-c", STEP_BY_STEP, *targets)

    def schema(self, tmp_path):
        program = postgres_programs(server_account(), tmp_path) / "pg_dump"
        dumped = subprocess.check_output([program, "--schema-only", self.url], text=True)
        # A key that is drawn anew for each dump.
        return [line for line in dumped.splitlines() if "restrict" not in line]

    def _at_the_server(self, *statements):
        server = psycopg2.connect(os.environ["DATABASE_URL"], dbname="postgres")
        server.autocommit = True
        try:
            for statement in statements:
                server.cursor().execute(statement)
        finally:
            server.close()


@pytest.fixture
def database():
    made = []

    def make(name):
        made.append(Database(name))
        return made[-1]

    yield make
    for one in made:
        one.remove()


@pytest.mark.slow
def test_a_new_installation_has_the_schema_of_one_that_went_step_by_step(database, tmp_path):
    new, old, early = database("sq_new"), database("sq_old"), database("sq_early")

    new.migrate()
    expected = new.schema(tmp_path)
    assert len([line for line in expected if line.startswith("CREATE TABLE")]) > 100
    old.step_by_step()
    assert old.schema(tmp_path) == expected
    early.step_by_step(*AN_EARLY_VERSION)
    assert early.schema(tmp_path) != expected

    old.migrate()  # writes down only that the squashed ones are done
    early.migrate()
    assert old.schema(tmp_path) == expected
    assert early.schema(tmp_path) == expected
