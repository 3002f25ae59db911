"""A department with two teams, a pipeline and a deal in it."""

from decimal import Decimal

import pytest

from apps.deals.choices import StageKind
from apps.staff.choices import NodeKind, Role
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, RefusalReasonFactory, staged_pipeline
from tests.factories.staff import DataReadingFactory, TeamNodeFactory, UserFactory


@pytest.fixture
def department(db):
    return TeamNodeFactory(kind=NodeKind.DEPARTMENT)


@pytest.fixture
def team(department):
    return TeamNodeFactory(parent=department)


@pytest.fixture
def seller(team):
    return UserFactory(team=team)


@pytest.fixture
def colleague(team):
    return UserFactory(team=team)


@pytest.fixture
def stranger(department):
    """A seller of another team."""
    return UserFactory(team=TeamNodeFactory(parent=department))


@pytest.fixture
def lead(team):
    return leading(UserFactory(team=team, role=Role.LEAD), team)


@pytest.fixture
def head(department):
    return leading(UserFactory(team=department, role=Role.HEAD), department)


def leading(person, node):
    node.leader = person
    node.save()
    return person


@pytest.fixture
def director(db):
    return UserFactory(role=Role.DIRECTOR)


@pytest.fixture
def hr(db):
    return UserFactory(role=Role.HR)


@pytest.fixture
def admin(db):
    """He has stated why he reads clients and deals."""
    return DataReadingFactory().admin


@pytest.fixture
def people(seller, colleague, stranger, lead, head, director, hr, admin):
    """Every role by its name."""
    return {
        "seller": seller,
        "colleague": colleague,
        "stranger": stranger,
        "lead": lead,
        "head": head,
        "director": director,
        "hr": hr,
        "admin": admin,
    }


@pytest.fixture
def pipeline(db):
    return staged_pipeline(is_default=True)


@pytest.fixture
def stages(pipeline):
    """The stages by kind and name: stages.lead, stages.quote, stages.contract, .won, .lost."""

    class Stages:
        lead, quote, contract, won, lost = pipeline.stages.order_by("order")

    assert (Stages.won.kind, Stages.lost.kind) == (StageKind.WON, StageKind.LOST)
    return Stages


@pytest.fixture
def client_company(seller):
    return ClientFactory(owner=seller)


@pytest.fixture
def deal(seller, pipeline, client_company):
    return DealFactory(
        owner=seller, pipeline=pipeline, client=client_company, amount=Decimal("100000.00")
    )


@pytest.fixture
def reason(db):
    return RefusalReasonFactory(name="Дорого")
