"""The roles in their places: company > department > team A, team B.

`seller` and `teammate` are in team A under `lead`, `other_seller` in team B under `other_lead`;
`head` leads the department, `director` the company. `admin` has stated a reason to read business
data, `plain_admin` is the same person without one.
"""

import pytest

from apps.staff.actions import create_company_node, set_leader
from apps.staff.choices import NodeKind, Role
from tests.factories.staff import DataReadingFactory, TeamNodeFactory, UserFactory


@pytest.fixture
def company_node(db):
    return create_company_node("Ромашка")


@pytest.fixture
def department(company_node):
    return TeamNodeFactory(kind=NodeKind.DEPARTMENT, name="Отдел продаж", parent=company_node)


@pytest.fixture
def team_a(department):
    return TeamNodeFactory(name="Команда А", parent=department)


@pytest.fixture
def team_b(department):
    return TeamNodeFactory(name="Команда Б", parent=department)


@pytest.fixture
def seller(team_a):
    return person(team_a, Role.SELLER, "Селин", "Семён")


@pytest.fixture
def teammate(team_a):
    return person(team_a, Role.SELLER, "Тихонов", "Тихон")


@pytest.fixture
def other_seller(team_b):
    return person(team_b, Role.SELLER, "Дроздов", "Денис")


@pytest.fixture
def lead(team_a):
    return leader(team_a, Role.LEAD, "Лидин", "Леонид")


@pytest.fixture
def other_lead(team_b):
    return leader(team_b, Role.LEAD, "Борисов", "Борис")


@pytest.fixture
def head(department):
    return leader(department, Role.HEAD, "Ропов", "Роман")


@pytest.fixture
def director(company_node):
    return leader(company_node, Role.DIRECTOR, "Директоров", "Дмитрий")


@pytest.fixture
def hr(company_node):
    return person(company_node, Role.HR, "Кадрова", "Ксения")


@pytest.fixture
def admin(plain_admin):
    """An administrator who has stated why he reads clients and deals, so he sees them."""
    DataReadingFactory(admin=plain_admin)
    return plain_admin


@pytest.fixture
def plain_admin(company_node):
    """An administrator as he logs in: clients and deals are closed to him."""
    return person(company_node, Role.ADMIN, "Админов", "Андрей")


@pytest.fixture
def people(seller, lead, head, director, hr, admin):
    """One person a role, by role."""
    return {user.role: user for user in (seller, lead, head, director, hr, admin)}


def person(node, role, last_name, first_name):
    return UserFactory(role=role, team=node, last_name=last_name, first_name=first_name)


def leader(node, role, last_name, first_name):
    user = person(node, role, last_name, first_name)
    set_leader(node, user)
    node.refresh_from_db()
    return user
