"""The pages of plans and calculations."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.models import Job
from apps.kpis.actions.plans import save_plan
from apps.kpis.models import NightRun, PlanVersion
from tests.factories.kpis import do_night_of
from tests.kpis.plan_steps import submitted

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
D = Decimal


@pytest.fixture
def version(head, seller, teammate, other_seller):
    amounts = {
        (seller.pk, MARCH): D(1000),
        (teammate.pk, MARCH): D(2000),
        (other_seller.pk, MARCH): D(500),
    }
    return save_plan(by=head, year=2026, level="plan", amounts=amounts, base=None)


def get(client, user, name="kpis:plan", **query):
    client.force_login(user)
    return client.get(reverse(name), query)


def names(response):
    return [row.name for row in response.context["rows"]]


def test_the_head_sees_the_tree_with_totals(client, head, version):
    response = get(client, head, year=2026)
    totals = {row.name: row.total for row in response.context["rows"] if row.is_node}

    assert totals == {"Отдел продаж": D(3500), "Команда А": D(3000), "Команда Б": D(500)}
    assert 'name="a-' in response.content.decode()


def test_a_seller_sees_his_own_row_and_cannot_write(client, seller, head, version):
    response = get(client, seller, year=2026)

    assert names(response) == ["Семён Селин"]
    assert 'name="a-' not in response.content.decode()
    assert client.post(reverse("kpis:plan_save"), {"year": 2026}).status_code == 403
    assert PlanVersion.objects.count() == 1


def test_a_lead_sees_his_team_only(client, lead, team_b, version):
    assert "Денис Дроздов" not in names(get(client, lead, year=2026))
    assert get(client, lead, year=2026, team=team_b.pk).status_code == 404


def test_hr_reads_all_and_changes_nothing(client, hr, version):
    response = get(client, hr, year=2026)

    assert "Денис Дроздов" in names(response)
    assert response.context["form"] is None


def test_saving_the_grid_makes_a_version(client, head, seller, version):
    client.force_login(head)
    data = {
        "year": 2026,
        "level": "plan",
        "base": version.pk,
        f"a-{seller.pk}-3": "1 234 567,50",
        "note": "весна",
    }
    response = client.post(reverse("kpis:plan_save"), data)
    saved = PlanVersion.objects.get(number=2)

    assert response.status_code == 302
    assert saved.lines.get(user=seller).amount == D("1234567.50")
    # Cells that the form did not carry are empty cells.
    assert list(saved.lines.filter(user__isnull=False).values_list("user", flat=True)) == [
        seller.pk
    ]
    assert saved.note == "весна"


def test_a_wrong_cell_is_shown_with_what_was_typed(client, head, seller, version):
    client.force_login(head)
    data = {"year": 2026, "level": "plan", "base": version.pk, f"a-{seller.pk}-3": "много"}
    response = client.post(reverse("kpis:plan_save"), data)

    assert response.status_code == 422
    assert 'value="много"' in response.content.decode()
    assert PlanVersion.objects.count() == 1


def test_a_stale_grid_is_refused_and_kept(client, head, seller, version):
    newer = save_plan(
        by=head, year=2026, level="plan", amounts={(seller.pk, MARCH): D(7)}, base=version
    )
    client.force_login(head)
    data = {"year": 2026, "level": "plan", "base": version.pk, f"a-{seller.pk}-3": "8"}
    response = client.post(reverse("kpis:plan_save"), data)

    assert response.status_code == 409
    assert 'value="8"' in response.content.decode()
    assert PlanVersion.objects.latest("number") == newer


def test_filling_shows_the_exact_total_and_saves_nothing(client, head, seller, version):
    client.force_login(head)
    data = {"year": 2026, "level": "plan", "fill": "total", "total": "1 000 000,01"}
    response = client.post(reverse("kpis:plan_fill"), data)

    assert response.context["total"] == D("1000000.01")
    assert response.context["is_filled"]
    assert PlanVersion.objects.count() == 1


def test_filling_copies_last_year_with_growth(client, head, seller, version):
    client.force_login(head)
    data = {"year": 2027, "level": "plan", "fill": "copy", "growth": "10"}
    response = client.post(reverse("kpis:plan_fill"), data)

    assert response.context["total"] == D("3850.00")


def test_the_director_approves_from_the_page_of_the_version(client, head, director, version):
    approve = reverse("kpis:plan_approve", args=[version.pk])
    client.force_login(director)
    client.post(approve)
    version.refresh_from_db()
    assert version.status == "draft"

    submitted(version)
    assert approve in client.get(version.get_absolute_url()).content.decode()
    client.post(approve)
    version.refresh_from_db()
    assert (version.status, version.approved_by) == ("approved", director)


@pytest.mark.parametrize(
    "query", [{"year": "long ago"}, {"team": "-1"}, {"level": "highest"}, {"year": 99}]
)
def test_nonsense_in_the_address_is_not_found(client, head, query):
    """T22"""
    assert get(client, head, **query).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_plan_page_asks_the_same_number_of_questions(
    client, head, seller, teammate, other_seller, count, django_assert_max_num_queries
):
    people = [seller, teammate, other_seller][:count]
    save_plan(
        by=head, year=2026, level="plan", amounts={(p.pk, MARCH): D(10) for p in people}, base=None
    )
    client.force_login(head)
    client.get(reverse("kpis:plan"))
    with django_assert_max_num_queries(15):
        client.get(reverse("kpis:plan"), {"year": 2026})


def test_the_page_of_calculations_lists_runs_and_steps(client, head, company_node):
    run = do_night_of(date(2026, 3, 17))
    listed = get(client, head, "kpis:run_list")
    shown = client.get(reverse("kpis:run", args=[run.pk]))

    assert list(listed.context["page"]) == [run]
    codes = list(dict.fromkeys(step.code for _label, _part, step, _took in shown.context["steps"]))
    first = ["segments", "cohorts", "present", "norms", "balances", "facts"]
    records = ["promises", "verification", "service", "handovers"]
    last = [
        "snapshots",
        "metrics",
        "bonuses",
        "products",
        "effects",
        "contests",
        "scorecards",
        "forecasts",
        "tidying",
    ]
    assert codes == [*first, *records, *last]
    parts = [part for label, part, *_rest in shown.context["steps"] if str(label) == "Показатели"]
    assert (len(parts), parts[-1]) == (13, "Март 2026")


def test_recalculation_leads_to_its_progress_and_is_single(client, head, company_node):
    client.force_login(head)
    first = client.post(reverse("kpis:run_start"))
    second = client.post(reverse("kpis:run_start"))

    run = NightRun.objects.get()
    assert first.url == reverse("core:job", args=[run.job_id])
    assert second.url == reverse("kpis:run_list")
    assert (Job.objects.count(), run.author) == (1, head)


@pytest.mark.parametrize("role", ["seller", "lead", "director", "hr"])
def test_others_start_no_calculation(client, people, role):
    client.force_login(people[role])

    assert client.post(reverse("kpis:run_start")).status_code == 403
    assert not NightRun.objects.exists()


def test_a_failed_run_is_retried_from_its_page(client, head, company_node):
    run = NightRun.objects.create(day=date(2026, 3, 17), status="failed")
    client.force_login(head)
    page = client.get(reverse("kpis:run", args=[run.pk])).content.decode()
    client.post(reverse("kpis:run_retry", args=[run.pk]))

    assert reverse("kpis:run_retry", args=[run.pk]) in page
    run.refresh_from_db()
    assert (run.status, run.job.kind) == ("running", "kpis.night")
