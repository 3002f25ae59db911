"""People and teams from a file, in the set-up of a company."""

from datetime import date

import pytest

from apps.core.importing import undo
from apps.staff.choices import NodeKind, Role
from apps.staff.imports import PeopleNames
from apps.staff.imports.people import split_name
from apps.staff.models import Membership, TeamNode, User
from tests.factories.staff import UserFactory
from tests.fixtures_imports import codes_of, counts_of

FILE = (
    "ФИО;E-mail;Руководитель;Отдел;Роль;Дата приёма\r\n"
    "Белова Анна Игоревна;anna.b@example.com;Лида Котова;Юг;менеджер;01.02.2024\r\n"
    "Олег Тихий;;Лида Котова;Юг;;\r\n"
    "Пётр Первый;petr@example;Лида Котова;Юг;;\r\n"
    "Иван Второй;;Лида Котова;Юг;король;\r\n"
).encode()


@pytest.fixture
def brought(import_file, admin):
    return import_file(
        "people.csv", content=FILE, kind="people", by=admin, policy={"since": "2023-01-09"}
    )


def test_people_come_with_their_teams_and_lead(brought):
    assert counts_of(brought) == (2, 0, 0, 2)
    assert codes_of(brought) == {"email_format", "unknown_role"}
    team = TeamNode.objects.get(kind=NodeKind.TEAM, name="Команда: Лида Котова")
    assert (team.parent.name, team.parent.kind) == ("Юг", NodeKind.DEPARTMENT)
    assert (team.leader.get_full_name(), team.leader.role) == ("Лида Котова", Role.LEAD)
    anna = User.objects.get(email="anna.b@example.com")
    assert (anna.last_name, anna.first_name, anna.middle_name) == ("Белова", "Анна", "Игоревна")
    assert (anna.role, anna.team, anna.hired_on) == (Role.SELLER, team, date(2024, 2, 1))
    assert not anna.has_usable_password()
    oleg = User.objects.get(last_name="Тихий")
    assert Membership.objects.get(user=oleg).started_on == date(2023, 1, 9)


def test_same_people_again_change_nothing(brought, import_file, admin):
    again = import_file("people.csv", content=FILE, kind="people", by=admin)

    assert counts_of(again) == (0, 0, 2, 2)


def test_undo_dismisses_those_who_were_taken_on(brought):
    run = undo.begin_undo(brought)
    for _progress in undo.undo_run(run):
        pass

    assert run.result["kept"] == []
    assert not User.objects.working().filter(last_name__in=["Белова", "Тихий", "Котова"]).exists()


def test_hr_gives_only_roles_of_hr(import_file, hr):
    text = "ФИО;Роль\r\nИван Второй;head\r\nПётр Первый;\r\n".encode()

    run = import_file("people.csv", content=text, kind="people", by=hr)

    assert counts_of(run) == (2, 0, 0, 0)
    assert User.objects.get(last_name="Второй").role == Role.HEAD


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Anna Snelling", ("Anna", "", "Snelling")),
        ("Белова Анна Игоревна", ("Анна", "Игоревна", "Белова")),
        ("Анна Игоревна Белова", ("Анна", "Игоревна", "Белова")),
        ("Мадонна", ("Мадонна", "", "")),
    ],
)
def test_name_is_split(full, parts):
    assert split_name(full) == parts


def test_namesakes_cannot_be_meant_by_name(db, director):
    UserFactory(first_name="Анна", last_name="Белова")
    second = UserFactory(first_name="Анна", last_name="Белова", email="second@example.com")
    names = PeopleNames(director)

    assert names.find("Анна Белова").code == "ambiguous_manager"
    assert names.find("SECOND@example.com") == second
