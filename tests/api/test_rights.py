"""Who reads what by token: six roles × own, team, foreign, far × every row and list of the API."""

import pytest
from django.urls import reverse

from apps.api.choices import Scope
from tests.factories.api import bearer
from tests.factories.staff import TeamNodeFactory, UserFactory
from tests.rights import COLUMNS, SCOPE
from tests.rights.api import activity, contact, deal, receipt, schedule
from tests.rights.api import client as a_client

pytestmark = pytest.mark.django_db

ROWS = {
    "client": (a_client, Scope.CLIENTS),
    "contact": (contact, Scope.CLIENTS),
    "deal": (deal, Scope.DEALS),
    "activity": (activity, Scope.ACTIVITIES),
    "receipt": (receipt, Scope.PAYMENTS),
    "schedule": (schedule, Scope.PAYMENTS),
}
EXPECTED = {role: line.format(ok=200).split() for role, line in SCOPE.items()} | {"hr": ["403"] * 4}


@pytest.fixture
def owners(company_node, teammate, other_seller):
    far = UserFactory(team=TeamNodeFactory(parent=company_node))
    return {"team": teammate, "foreign": other_seller, "far": far}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("role", EXPECTED)
def test_rows_and_lists_obey_the_scope_of_the_owner(client, people, owners, role, name):
    """T01"""
    make, _scope = ROWS[name]
    viewer = people[role]
    key = bearer(viewer)
    made = [make(owners.get(column, viewer))["pk"] for column in COLUMNS]

    answers = [client.get(reverse(f"api:{name}", args=[pk]), **key).status_code for pk in made]
    listed = client.get(reverse(f"api:{name}_list"), **key)

    expected = [int(status) for status in EXPECTED[role]]
    assert answers == expected
    if role == "hr":
        assert listed.status_code == 403
    else:
        seen = {row["id"] for row in listed.json()["results"]}
        assert seen & set(made) == {
            pk for pk, status in zip(made, expected, strict=True) if status == 200
        }


@pytest.mark.parametrize("name", ROWS)
def test_a_token_reads_within_its_scopes_only(client, head, name):
    make, scope = ROWS[name]
    row = make(head)
    others = [one for one in Scope.values if one != scope]
    wrong, right = bearer(head, others), bearer(head, [scope])

    for address in (reverse(f"api:{name}", kwargs=row), reverse(f"api:{name}_list")):
        assert client.get(address, **wrong).status_code == 403
        assert client.get(address, **right).status_code == 200


def test_a_role_taken_away_holds_from_the_next_request(client, head, other_seller):
    key = bearer(head)
    address = reverse("api:deal", kwargs=deal(other_seller))
    assert client.get(address, **key).status_code == 200

    head.role = "seller"
    head.save()

    assert client.get(address, **key).status_code == 404
