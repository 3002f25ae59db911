"""A plan out into a file and back, to the kopeck; what a wrong file is told."""

from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.importing.workbooks import records
from apps.kpis.actions.plans import save_plan
from apps.kpis.models import PlanVersion
from apps.kpis.plan_files import read_plan
from tests.factories.staff import UserFactory
from tests.kpis.plan_steps import submitted

pytestmark = pytest.mark.django_db
MARCH, APRIL, DECEMBER = date(2026, 3, 1), date(2026, 4, 1), date(2026, 12, 1)
D = Decimal
ODD = {MARCH: D("1234567.89"), APRIL: D("0.01"), DECEMBER: D("999999999999.99")}


def save(head, amounts, base=None, level="plan"):
    return save_plan(by=head, year=2026, level=level, amounts=amounts, base=base)


@pytest.fixture
def version(head, seller, teammate, other_seller):
    amounts = {(seller.pk, month): amount for month, amount in ODD.items()}
    amounts |= {(teammate.pk, MARCH): D("2000.50"), (other_seller.pk, MARCH): D(500)}
    return save(head, amounts)


@pytest.fixture
def written(tmp_path):
    """written(rows): the path of a workbook with these rows."""

    def write(*rows, name="plan.xlsx"):
        path = tmp_path / name
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.close()
        return path

    return write


def given_out(client, user, version, tmp_path, level="plan"):
    client.force_login(user)
    response = client.get(reverse("kpis:plan_file", args=[version.pk]), {"level": level})
    assert response.status_code == 200
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    return path


def load(client, head, path, year=2026):
    client.force_login(head)
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("kpis:plan_import"), {"year": year, "file": file})


def confirm(client, response, **data):
    data = {"packed": response.context["packed"], **data}
    return client.post(reverse("kpis:plan_import_save"), data)


def people_of(version, level="plan"):
    rows = version.lines.filter(user__isnull=False, level=level)
    return {
        (user, month): amount for user, month, amount in rows.values_list("user", "month", "amount")
    }


def read(path, head):
    return read_plan(str(path), path.name, by=head, year=2026)


HEAD = ["Сотрудник", "E-mail", "03.2026", "04.2026"]


def test_the_file_shows_the_tree_with_its_people(client, head, seller, version, tmp_path):
    rows = [record.cells for record in records(given_out(client, head, version, tmp_path))]

    assert rows[0][:7] == [
        "Уровень плана", "Команда", "Сотрудник", "E-mail", "Табельный номер", "01.2026", "02.2026",
    ]  # fmt: skip
    assert [(row[1], row[2]) for row in rows[1:]] == [
        ("Отдел продаж", ""),
        ("Отдел продаж", "Роман Ропов"),
        ("Команда А", ""),
        ("Команда А", "Семён Селин"),
        ("Команда А", "Тихон Тихонов"),
        ("Команда Б", ""),
        ("Команда Б", "Денис Дроздов"),
    ]
    team = rows[3]
    assert (team[7], team[17]) == (D("1236568.39"), D("1000001236568.39"))


def test_out_and_back_is_exact_to_the_kopeck(client, head, seller, version, tmp_path):
    response = load(client, head, given_out(client, head, version, tmp_path))

    assert response.context["count"] == 0
    assert read(tmp_path / "out.xlsx", head).problems == []
    found = read(tmp_path / "out.xlsx", head).amounts
    assert {place: amount for place, amount in found.items() if amount} == people_of(version)


def test_a_file_of_one_version_brings_another_back_to_it(client, head, seller, version, tmp_path):
    path = given_out(client, head, version, tmp_path)
    later = save(head, {(seller.pk, MARCH): D(7), (seller.pk, APRIL): D(0)}, base=version)
    look = load(client, head, path)

    assert PlanVersion.objects.count() == 2
    assert [(row.name, row.detail, row.change.difference) for row in look.context["page"]] == [
        ("Семён Селин", "03.2026", D("1234560.89")),
        ("Семён Селин", "04.2026", D("0.01")),
    ]
    answer = confirm(client, look, note="как было")
    newest = PlanVersion.objects.get(number=3)
    assert answer.url == newest.get_absolute_url()
    assert people_of(newest) == people_of(version) != people_of(later)
    assert (newest.status, newest.author, newest.note) == ("draft", head, "как было")


def test_another_level_is_told_by_the_file(client, head, seller, version, tmp_path):
    stretched = save(head, {(seller.pk, MARCH): D("99.99")}, base=version, level="stretch")
    path = given_out(client, head, stretched, tmp_path, level="stretch")
    save(head, {(seller.pk, MARCH): D(1)}, base=stretched, level="stretch")
    confirm(client, load(client, head, path))
    newest = PlanVersion.objects.get(number=4)

    assert people_of(newest, "stretch") == {(seller.pk, MARCH): D("99.99")}
    assert people_of(newest) == people_of(version)


def test_people_are_found_by_number_mail_or_name(written, head, seller, teammate, other_seller):
    seller.external_id = "0042"
    seller.save()
    path = written(
        ["Табельный номер", "E-mail", "Person", "03.2026"],
        ["0042", "", "", 1],
        ["", teammate.email.upper(), "Кто-то Другой", 2],
        ["", "", "Дроздов  денис", "3 000,50 ₽"],
    )

    assert read(path, head).amounts == {
        (seller.pk, MARCH): D(1),
        (teammate.pk, MARCH): D(2),
        (other_seller.pk, MARCH): D("3000.50"),
    }


def test_each_wrong_cell_is_named(written, head, seller, teammate, team_a):
    UserFactory(team=team_a, first_name="Семён", last_name="Селин")
    path = written(
        HEAD,
        ["Семён Селин", "", 1, 2],
        ["Семён Селин", seller.email, "много", -5],
        ["Никто", "", 1, 2],
        ["Тихон Тихонов", "", 1.005, 2],
        ["Тихон Тихонов", teammate.email, 1, 2],
    )
    plan = read(path, head)

    assert plan.problems[0].startswith("A2: «Семён Селин»: Так зовут не одного")
    assert plan.problems[1].startswith("C3: «много»")
    assert plan.problems[2].startswith("D3: «-5»")
    assert plan.problems[3].startswith("A4: «Никто»: Среди тех, кому вы ставите план")
    assert plan.problems[4].startswith("C5: «1.005»")
    assert plan.problems[5] == "A6: «Тихон Тихонов»: Этот человек уже есть в строке 5."
    assert len(plan.problems) == 6


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ([["Команда", "03.2026"], ["А", 1]], "Нет столбца с людьми"),
        ([["Сотрудник", "Итого"], ["Семён Селин", 1]], "Нет столбца с месяцем 2026"),
        ([["Сотрудник", "03.2027"], ["Семён Селин", 1]], "B1: «03.2027»: Файл другого года"),
        ([["Сотрудник", "03.2026", "3.2026"]], "C1: «3.2026»: Этот месяц указан дважды"),
        ([HEAD], "В файле нет ни одной строки"),
        (
            [["Уровень плана", *HEAD], ["лучший", "Семён Селин", "", 1, 1]],
            "A2: «лучший»: Такого уровня плана нет",
        ),
        (
            [
                ["Уровень плана", *HEAD],
                ["план", "Семён Селин", "", 1, 1],
                ["минимум", "Тихон Тихонов", "", 1, 1],
            ],
            "A3: «минимум»: В файле может быть один уровень",
        ),
    ],
)
def test_a_file_of_another_shape_is_told_why(written, head, seller, teammate, rows, start):
    problems = read(written(*rows), head).problems

    assert problems[0].startswith(start), problems


def test_a_head_cannot_plan_for_others_by_a_file(client, written, head, director, version):
    response = load(client, head, written(HEAD, [director.get_full_name(), "", 5, 5]))

    assert response.status_code == 422
    assert "A2" in response.content.decode()
    assert PlanVersion.objects.count() == 1


def test_months_and_people_that_the_file_lacks_keep_their_plan(
    client, written, head, seller, version
):
    before = people_of(version)
    confirm(client, load(client, head, written(["Сотрудник", "03.2026"], ["Семён Селин", ""])))

    assert people_of(PlanVersion.objects.get(number=2)) == {
        place: amount for place, amount in before.items() if place != (seller.pk, MARCH)
    }


def test_what_was_seen_is_stale_once_somebody_has_saved(client, written, head, seller, version):
    look = load(client, head, written(HEAD, ["Семён Селин", "", 5, 5]))
    save(head, {(seller.pk, MARCH): D(9)}, base=version)
    answer = confirm(client, look)

    assert answer.url.startswith(reverse("kpis:plan_import"))
    assert PlanVersion.objects.count() == 2


@pytest.mark.parametrize("packed", ["", "x", "eyJhIjoxfQ:1wzzzz:forged"])
def test_a_forged_look_saves_nothing(client, head, version, packed):
    """T19"""
    client.force_login(head)
    client.post(reverse("kpis:plan_import_save"), {"packed": packed})

    assert PlanVersion.objects.count() == 1


def test_names_cannot_become_formulas_in_the_file(client, head, seller, version, tmp_path):
    """T36"""
    seller.first_name, seller.last_name = "=HYPERLINK(0)", "+1"
    seller.save()
    path = given_out(client, head, version, tmp_path)
    names = [record.cells[2] for record in records(path)]

    assert "'=HYPERLINK(0) +1" in names
    assert read(path, head).problems == []
    found = read(path, head).amounts
    assert {place: amount for place, amount in found.items() if amount} == people_of(version)


def test_a_seller_fetches_no_plan(client, seller, lead, version):
    """T16"""
    submitted(version)
    for person in (seller, lead):
        client.force_login(person)
        assert client.get(reverse("kpis:plan_file", args=[version.pk])).status_code == 403


@pytest.mark.parametrize(
    ("name", "content"),
    [("plan.xlsx", b"not a zip"), ("plan.pdf", b"%PDF-1.4"), ("plan.xlsx", b"")],
)
def test_other_files_are_refused_with_words(client, head, name, content):
    """T39"""
    client.force_login(head)
    file = SimpleUploadedFile(name, content)
    response = client.post(reverse("kpis:plan_import"), {"year": 2026, "file": file})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_csv_of_the_same_shape_is_read(client, head, seller, version, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("Сотрудник;03.2026\nСемён Селин;1 234,56\n", "utf-8-sig")

    assert read(path, head).amounts == {(seller.pk, MARCH): D("1234.56")}
    path.write_text("Сотрудник;03.2026\nСемён Селин;много\n", "utf-8-sig")
    assert read(path, head).problems[0].startswith("строка 2, столбец 2: «много»")


def test_a_layout_holds_the_people_of_an_empty_year(client, head, seller, tmp_path):
    client.force_login(head)
    response = client.get(reverse("kpis:plan_layout"), {"year": 2028})
    path = tmp_path / "layout.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    rows = [record.cells for record in records(path)]

    assert rows[0][5] == "01.2028"
    assert "Семён Селин" in [row[2] for row in rows]
