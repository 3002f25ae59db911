"""One migration for all that a room has, so that an empty database is made in seconds.

The old migrations stay for installations that have run some of them: the squashed one names them in
`replaces`, and Django takes either it or them. Operations that only convert rows of older versions
are marked `elidable` there and left out here; seeds are kept. A later migration depends on the last
old one, not on the squashed one, so that the room can be squashed again with it.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import SwappableTuple
from django.db.migrations.operations import CreateModel, RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from apps.core.create_tables import CreateTables

_USUAL: dict[str, list[Any]] = {"indexes": [], "constraints": [], "triggers": []}


def squash_room(label: str) -> Path:
    """Write the squashed migration of a room in place of an older one; return its file."""
    folder = Path(apps.get_app_config(label).path) / "migrations"
    for older in folder.glob("0001_squashed_*.py"):
        older.unlink()
    loader = MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False)
    chain = _chain(loader, label)
    squashed = type("Migration", (Migration,), {})(f"0001_squashed_{chain[-1].name}", label)
    squashed.initial = True
    squashed.replaces = [(label, migration.name) for migration in chain]
    squashed.dependencies = _dependencies(chain)
    state = loader.project_state([key for key in loader.graph.leaf_nodes() if key[0] == label])
    squashed.operations = [CreateTables(_tables(label, state)), *_seeds(chain)]
    file = folder / f"{squashed.name}.py"
    file.write_text(MigrationWriter(squashed, include_header=False).as_string())
    return file


def _chain(loader: MigrationLoader, label: str) -> list[Migration]:
    """The room's own steps in the order in which they run, without a squashed one."""
    chain: list[Migration] = []
    for leaf in loader.graph.leaf_nodes(label):
        for key in loader.graph.forwards_plan(leaf):
            migration = loader.disk_migrations[key]
            if key[0] == label and not migration.replaces and migration not in chain:
                chain.append(migration)
    return chain


def _dependencies(chain: list[Migration]) -> list[tuple[str, str]]:
    """The last that the chain asks for of every other app, and the model of users by its setting."""
    last: dict[str, tuple[str, str]] = {}
    for migration in chain:
        for dependency in migration.dependencies:
            if isinstance(dependency, SwappableTuple):
                last["__setting__"] = ("__setting__", "AUTH_USER_MODEL")
            elif dependency[0] != migration.app_label:
                last[dependency[0]] = max(dependency, last.get(dependency[0], dependency))
    return [last[label] for label in sorted(last)]


def _tables(label: str, state: ProjectState) -> list[CreateModel]:
    return [_table(model) for key, model in state.models.items() if key[0] == label]


def _table(model: ModelState) -> CreateModel:
    """The model as the chain left it; columns stand in the order in which the chain made them."""
    options = {name: value for name, value in model.options.items() if value != _USUAL.get(name)}
    return CreateModel(
        model.name, list(model.fields.items()), options, model.bases, list(model.managers)
    )


def _seeds(chain: list[Migration]) -> list[Operation]:
    return [
        operation
        for migration in chain
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.elidable
    ]
