"""Schemes: rules checked in words, drafts that stay, a start that is confirmed by the cost."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from apps.bonuses import rules
from apps.bonuses.actions.back_tests import run_back_test, start_back_test
from apps.bonuses.actions.schemes import save_version, start_version
from apps.bonuses.calculations import Step
from apps.bonuses.models import BackTest, BonusScheme, SchemeVersion
from apps.bonuses.words import rules_of
from apps.core.jobs import run_job
from apps.core.models import Decision
from tests.bonuses.conftest import APRIL, FEBRUARY, MARCH
from tests.factories.bonuses import BackTestFactory, BonusSchemeFactory, SchemeVersionFactory
from tests.factories.kpis import morning_after

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 3, 19)
STEPS = [Step(D(0), D("0.03")), Step(D(1_000_000), D("0.05"))]


def at(day=TODAY):
    return time_machine.travel(morning_after(day), tick=False)


@pytest.mark.parametrize(
    ("kind", "steps", "options", "word"),
    [
        ("marginal", [], {}, "at least one step"),
        ("marginal", [(0, "0.1"), (0, "0.2")], {}, "above the one before"),
        ("marginal", [(0, "1.5")], {}, "above 100%"),
        ("retroactive", [(0, "0.05"), (10, "0.03")], {}, "pay less"),
        ("scale", [("0.7", "0.5"), ("1", "1")], {}, "target bonus"),
        ("scale", [("0.7", "0.9"), ("1", "0.5")], {"target": D(5)}, "must rise"),
        (
            "scale",
            [("0.7", "0.5"), ("1", "1")],
            {"target": D(5), "ceiling": D("0.9")},
            "never paid",
        ),
        ("marginal", [(0, "0.1")], {"cap": D(0)}, "pays nobody"),
    ],
)
def test_what_is_wrong_is_said_in_words(kind, steps, options, word):
    with translation.override("en"):
        found = rules.problems_of(kind, [Step(D(a), D(b)) for a, b in steps], **options)

    assert len(found) == 1
    assert word in found[0]


def test_falling_rates_of_a_marginal_commission_are_fine():
    assert rules.problems_of("marginal", [Step(D(0), D("0.1")), Step(D(9), D("0.05"))]) == []


def test_each_save_is_a_new_draft(head):
    scheme = BonusSchemeFactory(author=head)

    first = save_version(scheme, by=head, steps=STEPS, kind="marginal", base="won")
    second = save_version(scheme, by=head, steps=STEPS[:1], kind="retroactive", base="won")

    assert [first.number, second.number] == [1, 2]
    assert (first.tiers.count(), second.tiers.count()) == (2, 1)
    with pytest.raises(ValidationError) as refusal:
        save_version(scheme, by=head, steps=[], kind="marginal", base="won")
    assert refusal.value.error_list[0].code == "rules"
    assert SchemeVersion.objects.count() == 2


def test_a_head_writes_no_scheme_for_other_departments(head, other_seller, far_person):
    scheme = BonusSchemeFactory(role="", user=far_person)

    with pytest.raises(PermissionDenied):
        save_version(scheme, by=head, steps=STEPS, kind="marginal", base="won")

    assert not SchemeVersion.objects.exists()


@pytest.fixture
def far_person(company_node):
    from tests.factories.staff import TeamNodeFactory, UserFactory

    return UserFactory(team=TeamNodeFactory(parent=company_node))


@pytest.fixture
def draft(head):
    return SchemeVersionFactory(scheme=BonusSchemeFactory(author=head))


def test_a_start_needs_the_cost_and_is_a_decision(draft, director, seller, lead):
    with at():
        with pytest.raises(ValidationError) as refusal:
            start_version(draft, by=director, month=MARCH)
        BackTestFactory(version=draft, finished_at="2026-03-19T00:00Z")
        started = start_version(draft, by=director, month=MARCH)
        again = start_version(draft, by=director, month=APRIL)

    assert refusal.value.code == "no_back_test"
    assert (started.starts_on, again.starts_on) == (MARCH, MARCH)
    decision = Decision.objects.get()
    assert (decision.kind, decision.metric, decision.subject) == ("bonus_scheme", "revenue", draft)
    assert list(decision.people.all()) == [seller]


def test_a_month_that_is_paid_gets_no_new_rules(version, director, seller, count, approve):
    approve(count(date(2026, 3, 1))[FEBRUARY], date(2026, 3, 1))
    draft = SchemeVersionFactory(scheme=BonusSchemeFactory(author=version.author))
    BackTestFactory(version=draft, finished_at="2026-03-19T00:00Z")

    with at(), pytest.raises(ValidationError) as refusal:
        start_version(draft, by=director, month=FEBRUARY)

    assert refusal.value.code == "month_locked"


def test_two_versions_do_not_share_a_month(version, director):
    draft = SchemeVersionFactory(scheme=version.scheme)
    BackTestFactory(version=draft, finished_at="2026-03-19T00:00Z")

    with at(), pytest.raises(ValidationError) as refusal:
        start_version(draft, by=director, month=FEBRUARY)

    assert refusal.value.code == "month_taken"


def test_the_back_test_compares_with_what_is_in_force(version, head, sell, seller, teammate):
    sell(seller, date(2026, 1, 12), "1000000.00")
    sell(seller, date(2026, 2, 3), "3000000.00")
    sell(teammate, date(2026, 2, 4), "1000000.00")
    draft = SchemeVersionFactory(
        scheme=version.scheme,
        kind="retroactive",
        cap=D(150_000),
        steps=(("0", "0.02"), ("2000000", "0.06")),
    )

    with at():
        test = start_back_test(draft, by=head)
        run_job(test.job_id)

    test.refresh_from_db()
    months = {row["month"]: row for row in test.result["months"]}
    assert len(months) == 12
    assert months["2026-01-01"]["now"] == "30000.00"
    assert months["2026-01-01"]["then"] == "20000.00"
    # 3 m: 30,000 + 50,000 + 80,000 now; 6 % of it then, cut at 150,000.
    assert D(months["2026-02-01"]["now"]) == D(160_000 + 30_000)
    assert D(months["2026-02-01"]["then"]) == D(150_000 + 20_000)
    assert (test.result["capped"], test.result["blind"]) == ("30000.00", 12)
    people = {row["id"]: D(row["then"]) - D(row["now"]) for row in test.result["people"]}
    assert people[seller.pk] == D(-20_000)
    assert people[teammate.pk] == D(-10_000)


def test_a_killed_back_test_goes_on_with_the_next_month(version, head):
    draft = SchemeVersionFactory(scheme=version.scheme)
    test = BackTest.objects.create(version=draft, author=head)
    kept = []

    def dies(done, total, rows):
        kept[:] = rows
        if done == 5:
            raise RuntimeError

    with at():
        with pytest.raises(RuntimeError):
            run_back_test(test, rows=[], beat=dies)
        seen = []
        run_back_test(test, rows=list(kept), beat=lambda done, total, rows: seen.append(len(rows)))

    assert seen[0] == 5
    assert len(test.result["months"]) == 12


def test_the_rules_are_said_whole(version):
    with translation.override("en"):
        said = rules_of(version)

    assert said[1].startswith("Marginal")
    assert (
        said[2].replace("\xa0", " ")
        == "from RUB 0: 3%; from RUB 1,000,000: 5%; from RUB 2,000,000: 8%"
    )


FORM = {
    "base": "won", "with_vat": "on", "kind": "scale", "target_bonus": "100 000", "accelerator": "1,5",
    "ceiling": "200", "from_1": "70", "rate_1": "50", "from_2": "100", "rate_2": "100",
    "overdue_limit": "20", "overdue_keeps": "80", "unpaid_days": "30",
}  # fmt: skip


def test_a_scheme_by_its_pages(client, head, director, team_a):
    client.force_login(head)
    made = client.post(reverse("bonuses:scheme_create"), {"name": "Команда А", "node": team_a.pk})
    scheme = BonusScheme.objects.get()
    refused = client.post(reverse("bonuses:version_create", args=[scheme.pk]), {"kind": "marginal"})
    answer = client.post(reverse("bonuses:version_create", args=[scheme.pk]), FORM)

    assert answer.status_code == 302, answer.context["form"].errors
    version = SchemeVersion.objects.get()
    assert (made.status_code, refused.status_code, answer.status_code) == (302, 422, 302)
    assert (version.target_bonus, version.ceiling) == (D(100_000), D(2))
    assert [(t.starts_at, t.rate) for t in version.tiers.all()] == [
        (D("0.7"), D("0.5")),
        (D(1), D(1)),
    ]
    assert (version.overdue_limit, version.overdue_keeps, version.hygiene_limit) == (
        D("0.2"),
        D("0.8"),
        None,
    )

    client.post(reverse("bonuses:back_test_start", args=[version.pk]))
    run_job(BackTest.objects.get().job_id)
    client.force_login(director)
    page = client.get(reverse("bonuses:version", args=[version.pk]))
    start = client.get(reverse("bonuses:version_start", args=[version.pk]))
    month = start.context["form"].fields["month"].choices[0][0]
    client.post(reverse("bonuses:version_start", args=[version.pk]), {"month": month})

    version.refresh_from_db()
    assert page.context["outcome"]["now"] == 0
    assert version.starts_on.isoformat() == month
