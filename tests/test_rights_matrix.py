"""The matrix of rights: seven roles x every address x own, team, foreign and far objects.

A refusal (403, 404, log-in) must leave the database as it was.
"""

import importlib
import pkgutil
import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import tests.rights
from apps.staff.choices import NodeKind, Role
from tests.factories.staff import TeamNodeFactory, UserFactory
from tests.rights import COLUMNS, ROLES
from tests.routes import addresses

RIGHTS = {}
for module in pkgutil.iter_modules(tests.rights.__path__):
    RIGHTS |= importlib.import_module(f"tests.rights.{module.name}").RIGHTS

WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# What every request may touch: the session's "last seen".
ALWAYS_WRITTEN = {"staff_usersession"}
REFUSALS = (302, 403, 404)


@pytest.fixture
def world(seller, teammate, lead, other_seller, head, director, hr, admin, company_node):
    """The viewers by role, and who owns the objects of each column."""
    other_department = TeamNodeFactory(kind=NodeKind.DEPARTMENT, parent=company_node)
    far_team = TeamNodeFactory(parent=other_department)
    viewers = dict(zip(ROLES, (seller, lead, head, director, hr, admin), strict=True))
    owners = {
        "team": teammate,
        "foreign": other_seller,
        "far": UserFactory(role=Role.SELLER, team=far_team),
    }
    return viewers, owners


def test_the_table_and_the_product_have_the_same_addresses():
    names = {address.name for address in addresses()}

    assert sorted(names - set(RIGHTS)) == [], "addresses without a line in tests/rights"
    assert sorted(set(RIGHTS) - names) == [], "lines without an address"


def test_the_matrix_is_as_large_as_promised():
    assert sum(line.cells for line in RIGHTS.values()) >= 1500


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_rights(name, world):
    line = RIGHTS[name]
    viewers, owners = world
    wrong = {}
    for role in ("anonymous", *ROLES):
        viewer = viewers.get(role)
        for number, column in enumerate(COLUMNS if line.make else COLUMNS[:1]):
            owner = owners.get(column) or viewer or owners["team"]
            for method in line.methods:
                expected = expected_answer(line, role, number)
                answer = answer_to(name, line, viewer, owner, method)
                if answer != expected:
                    wrong[role, column, method] = f"{answer}, not {expected}"
    assert wrong == {}


def expected_answer(line, role, number):
    if role != "anonymous":
        return str(line.statuses[role][number])
    return "open" if line.is_public else "log-in"


def answer_to(name, line, viewer, owner, method):
    """The status, with what a refusal wrongly wrote; the base is as before afterwards."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        kwargs = line.make(owner) if line.make else {}
        if viewer is not None:
            client.force_login(viewer)
        path = reverse(name, kwargs=kwargs) + line.query
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = send(client, method, path, line)
        transaction.set_rollback(True)
    if viewer is None:
        return stranger_answer(response)
    status = str(response.status_code)
    written = tables_written(queries) if response.status_code in REFUSALS[1:] else set()
    return f"{status}, wrote {sorted(written)}" if written else status


def send(client, method, path, line):
    if method == "POST":
        return client.post(path, line.data)
    return client.get(path)


def stranger_answer(response):
    is_log_in = response.status_code == 302 and response.url.startswith(reverse("staff:log_in"))
    if is_log_in and "next=" in response.url:
        return "log-in"
    return "open" if response.status_code < 500 else str(response.status_code)


def tables_written(queries):
    found = (WRITE.match(query["sql"]) for query in queries)
    return {match.group(2) for match in found if match} - ALWAYS_WRITTEN
