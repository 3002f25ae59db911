"""The matrix of rights: seven roles x every address x own, team, foreign and far objects.

A refusal (403, 404, log-in) must leave the database as it was.
"""

import importlib
import pkgutil
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import tests.rights
from apps.staff.actions import create_company_node, set_leader
from apps.staff.choices import NodeKind, Role
from tests.factories.staff import DataReadingFactory, TeamNodeFactory, UserFactory
from tests.rights import COLUMNS, ROLES
from tests.routes import addresses

RIGHTS = {}
for module in pkgutil.iter_modules(tests.rights.__path__):
    RIGHTS |= importlib.import_module(f"tests.rights.{module.name}").RIGHTS

WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# What every request may touch: the session's "last seen".
ALWAYS_WRITTEN = {"staff_usersession"}
REFUSALS = (403, 404)


@dataclass(frozen=True)
class World:
    """The viewers by role with the keys of their sessions, and who owns what of each column."""

    viewers: dict[str, Any]
    keys: dict[str, str]
    owners: dict[str, Any]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once and rolled back at the end; each test undoes its own part."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def build_world():
    company = create_company_node("Ромашка")
    department = TeamNodeFactory(kind=NodeKind.DEPARTMENT, parent=company)
    team_a, team_b = TeamNodeFactory.create_batch(2, parent=department)
    far_team = TeamNodeFactory(parent=TeamNodeFactory(kind=NodeKind.DEPARTMENT, parent=company))
    viewers = {
        "seller": UserFactory(team=team_a),
        "lead": led(team_a, Role.LEAD),
        "head": led(department, Role.HEAD),
        "director": led(company, Role.DIRECTOR),
        "hr": UserFactory(role=Role.HR, team=company),
        "admin": UserFactory(role=Role.ADMIN, team=company),
    }
    DataReadingFactory(admin=viewers["admin"])
    owners = {
        "team": UserFactory(team=team_a),
        "foreign": UserFactory(team=team_b),
        "far": UserFactory(team=far_team),
    }
    keys = {}
    for role, viewer in viewers.items():
        client = Client()
        client.force_login(viewer)
        keys[role] = client.session.session_key
    return World(viewers, keys, owners)


def led(node, role):
    leader = UserFactory(role=role, team=node)
    set_leader(node, leader)
    return leader


def test_the_table_and_the_product_have_the_same_addresses():
    names = {address.name for address in addresses()}

    assert sorted(names - set(RIGHTS)) == [], "addresses without a line in tests/rights"
    assert sorted(set(RIGHTS) - names) == [], "lines without an address"


def test_the_matrix_is_as_large_as_promised():
    assert sum(line.cells for line in RIGHTS.values()) >= 1500


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_rights(name, world):
    """T01-T03, T16: each address, role and owner; a refusal writes nothing and queues no work"""
    line = RIGHTS[name]
    expected, given = [], []
    for role in ("anonymous", *ROLES):
        viewer = world.viewers.get(role)
        for method in line.methods:
            answers, wanted = [], []
            for number, column in enumerate(COLUMNS if line.make else COLUMNS[:1]):
                owner = world.owners.get(column) or viewer or world.owners["team"]
                wanted.append(expected_answer(line, role, method, number))
                answers.append(answer_to(name, line, world.keys.get(role), owner, method))
            expected.append(f"{role} {method}: {' '.join(wanted)}")
            given.append(f"{role} {method}: {' '.join(answers)}")
    assert given == expected


def expected_answer(line, role, method, number):
    if role != "anonymous":
        status = line.statuses[role][number]
        return str(line.posted if method == "POST" and status == 200 else status)
    return "open" if line.is_public else "log-in"


def answer_to(name, line, key, owner, method):
    """The status, with what a refusal wrongly wrote; the base is as before afterwards."""
    client = Client(raise_request_exception=False)
    if key is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    with transaction.atomic():
        kwargs = line.make(owner) if line.make else {}
        path = reverse(name, kwargs=kwargs) + line.query
        with CaptureQueriesContext(connection) as queries:
            response = send(client, method, path, line)
        transaction.set_rollback(True)
    if key is None:
        return stranger_answer(response)
    status = str(response.status_code)
    written = tables_written(queries) if response.status_code in REFUSALS else set()
    return f"{status} wrote {sorted(written)}" if written else status


def send(client, method, path, line):
    if method == "POST":
        return client.post(path, line.data)
    return client.get(path)


def stranger_answer(response):
    is_log_in = response.status_code == 302 and response.url.startswith(reverse("staff:log_in"))
    if is_log_in and "next=" in response.url:
        return "log-in"
    return "open" if response.status_code != 500 else "500"


def tables_written(queries):
    found = (WRITE.match(query["sql"]) for query in queries)
    return {match.group(2) for match in found if match} - ALWAYS_WRITTEN
