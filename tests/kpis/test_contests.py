"""Contests from the draft to the medal: rules, rights, standings, the end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.urls import reverse

from apps.core.models import Decision, Notification
from apps.kpis.actions.contests import design_contest, drop_contest, launch_contest, sides_of
from apps.kpis.calculations.contest import Prize
from apps.kpis.contest_page import leaderboard, medals, stage
from apps.kpis.models import (
    Contest,
    ContestParticipant,
    ContestPrize,
    ContestStanding,
    DealFact,
)
from apps.kpis.night.contests import store_standings
from tests.factories.deals import staged_pipeline
from tests.factories.decisions import weekly_facts
from tests.factories.kpis import do_night_of
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

D = Decimal
TODAY = date(2026, 3, 2)
END = date(2026, 3, 30)
LAST = END - timedelta(days=1)
PRIZES = [Prize(D(1), D(30_000)), Prize(D(2), D(20_000))]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-02 09:00+03:00", tick=False) as clock:
        yield clock


@pytest.fixture
def pipeline(db):
    return staged_pipeline()


@pytest.fixture
def rivals(pipeline, seller, teammate, other_seller):
    """100, 200 and 100 a week for half a year; then 150, 220 and 90."""
    people, facts = [seller, teammate, other_seller], []
    for person, before, after in zip(people, (100, 200, 100), (150, 220, 90), strict=True):
        facts += weekly_facts(
            pipeline, person, TODAY - timedelta(weeks=39), 39, won_amount=before, won_count=1
        )
        facts += weekly_facts(pipeline, person, TODAY, 4, won_amount=after, won_count=1)
    DealFact.objects.bulk_create(facts)
    return people


def design(head, people, draft=None, **changed):
    rules = {
        "name": "Март без скидок",
        "metric": "revenue",
        "starts_on": TODAY,
        "ends_on": END,
        "people": people,
        "prizes": PRIZES,
        "budget": D(50_000),
    }
    return design_contest(draft, by=head, **(rules | changed))


@pytest.fixture
def running(head, rivals):
    return launch_contest(design(head, rivals), by=head)


def test_a_draft_shows_what_it_would_have_brought(head, rivals):
    draft = design(head, rivals)
    kept = draft.simulation
    # 39 weeks of history: 13 for a baseline, six stretches of four weeks.
    assert (kept["windows"], kept["is_short"]) == (6, False)
    assert kept["expected"] == "50000.00"
    # Steady sellers: by the figure the best always wins, and half a month of all does not hide it.
    assert kept["other_top_share"] == pytest.approx(1)
    assert kept["over_budget"] == 0
    assert design(head, rivals, budget=D(49_999)).simulation["over_budget"] == 1


def test_a_draft_is_changed_and_thrown_away(head, rivals):
    draft = design(head, rivals)
    changed = design(head, rivals[:2], draft, name="Апрель", prizes=PRIZES[:1], version=1)
    assert (changed.pk, changed.name, changed.version) == (draft.pk, "Апрель", 2)
    assert (changed.participants.count(), changed.prizes.count()) == (2, 1)
    with pytest.raises(ValidationError) as refusal:
        design(head, rivals, draft, version=1)
    assert refusal.value.code == "stale"

    drop_contest(changed, by=head)
    assert not Contest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"metric": "weather"}, "unknown_metric"),
        ({"ends_on": TODAY}, "ends_first"),
        ({"starts_on": TODAY - timedelta(days=1)}, "begun"),
        ({"prizes": []}, "no_prizes"),
        ({"people": []}, "few_sides"),
        ({"by_team": True, "people": "one team"}, "few_sides"),
    ],
)
def test_rules_that_make_no_sense_are_refused(head, rivals, changed, code):
    people = changed.get("people", rivals)
    if people == "one team":
        people = rivals[:2]
    rest = {name: value for name, value in changed.items() if name != "people"}
    with pytest.raises(ValidationError) as refusal:
        design(head, people, **rest)
    assert refusal.value.code == code
    assert not Contest.objects.exists()


def test_people_out_of_sight_take_no_part(head, rivals):
    with pytest.raises(PermissionDenied):
        design(head, [*rivals, UserFactory(team=None)])
    with pytest.raises(PermissionDenied):
        design(rivals[0], rivals)
    assert not Contest.objects.exists()


def test_the_launch_fixes_baselines_and_is_a_decision(head, rivals, running):
    baselines = dict(running.participants.values_list("user", "baseline"))
    # Thirteen weeks of 100 with half a month (2 1/6 weeks) of 133 1/3.
    assert baselines[rivals[0].pk] == pytest.approx(D("104.761905"))
    assert baselines[rivals[1].pk] == pytest.approx(D("190.476190"))
    decision = Decision.objects.get()
    assert running.decision == decision
    assert (decision.kind, decision.metric, decision.subject) == ("contest", "revenue", running)
    assert (decision.starts_on, decision.ends_on) == (TODAY, END)
    assert set(decision.people.all()) == set(rivals)
    assert Notification.objects.filter(kind="kpis.contest_launched").count() == 3

    launch_contest(running, by=head)
    assert Decision.objects.count() == 1
    assert Notification.objects.filter(kind="kpis.contest_launched").count() == 3


def test_a_draft_whose_first_day_has_passed_is_not_launched(head, rivals, clock):
    draft = design(head, rivals)
    clock.move_to("2026-03-03 09:00+03:00")
    with pytest.raises(ValidationError) as refusal:
        launch_contest(draft, by=head)
    draft.refresh_from_db()
    assert (refusal.value.code, draft.state) == ("begun", "draft")
    assert not Decision.objects.exists()


def test_launched_rules_stand(head, rivals, running):
    prize, seat = running.prizes.first(), running.participants.first()
    for change in (
        lambda: Contest.objects.update(budget=1),
        lambda: Contest.objects.update(ends_on=END + timedelta(days=7)),
        lambda: Contest.objects.update(state="draft", launched_at=None, decision=None),
        lambda: ContestPrize.objects.filter(pk=prize.pk).update(amount=1),
        lambda: ContestPrize.objects.create(contest=running, reach=9, amount=1),
        lambda: ContestParticipant.objects.filter(pk=seat.pk).delete(),
        lambda: ContestParticipant.objects.filter(pk=seat.pk).update(baseline=1),
        lambda: Contest.objects.filter(pk=running.pk)._raw_delete("default"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    with pytest.raises(ValidationError):
        design(head, rivals, running)
    with pytest.raises(ValidationError):
        drop_contest(running, by=head)
    running.refresh_from_db()
    assert (running.budget, running.ends_on, running.state) == (50_000, END, "launched")
    assert (running.participants.count(), running.prizes.count()) == (3, 2)


def test_standings_of_a_day_are_written_anew(rivals, running):
    day = TODAY + timedelta(days=6)
    assert store_standings(day) == 3
    assert store_standings(day) == 3
    rows = {row.side: row for row in running.standings.all()}
    assert len(rows) == 3
    # A week of 150 against 104.76 a week, of 220 against 190.48, of 90 against 104.76.
    assert [rows[one.pk].score for one in rivals] == [D("1.432"), D("1.155"), D("0.859")]
    assert [rows[one.pk].place for one in rivals] == [1, 2, 3]
    assert [rows[one.pk].prize for one in rivals] == [30_000, 20_000, 0]
    assert [rows[one.pk].missing for one in rivals] == [None, D("0.277"), D("0.296")]
    assert [rows[one.pk].fact for one in rivals] == [150, 220, 90]


def test_the_night_of_the_last_day_ends_it_for_good(head, rivals, running, pipeline):
    store_standings(LAST)
    running.refresh_from_db()
    assert running.state == "finished"
    told = Notification.objects.filter(kind="kpis.contest_finished")
    assert set(told.values_list("user", flat=True)) == {head.pk, *(one.pk for one in rivals)}

    DealFact.objects.bulk_create(weekly_facts(pipeline, rivals[2], TODAY, 1, won_amount=99_999))
    assert store_standings(LAST + timedelta(days=1)) == 0
    with pytest.raises(InternalError), transaction.atomic():
        ContestStanding.objects.update(prize=0)
    assert medals(rivals[0]) == [(running, 1)]
    assert medals(rivals[2]) == [(running, 3)]


def test_a_missed_night_still_ends_it(running):
    store_standings(LAST + timedelta(days=5))
    running.refresh_from_db()
    assert running.state == "finished"
    assert set(running.standings.values_list("as_of", "is_final")) == {(LAST, True)}


def test_it_is_never_shown_as_running_after_its_last_day(running):
    words = [stage(running, day) for day in (TODAY, LAST, END)]
    assert words == [
        "до 29.03.2026",
        "до 29.03.2026",
        "окончен, итоги подведёт ближайший расчёт",
    ]


def test_teams_compete_per_head_and_the_team_of_the_launch_counts(head, rivals, team_a, team_b):
    contest = launch_contest(design(head, rivals, by_team=True), by=head)
    assert sides_of(contest) == {
        team_a.pk: [rivals[0].pk, rivals[1].pk],
        team_b.pk: [rivals[2].pk],
    }
    rivals[0].team = team_b
    rivals[0].save()
    store_standings(TODAY + timedelta(days=6))
    rows = {row.side: row for row in contest.standings.all()}
    # (150 + 220) ÷ 2 people against a baseline of 145.24 (half a month of 133.33 beside 150).
    assert rows[team_a.pk].fact == 185
    assert rows[team_a.pk].place == 1


def test_a_rate_of_few_cases_takes_no_place(head, rivals):
    contest = launch_contest(design(head, rivals, metric="win_rate"), by=head)
    store_standings(TODAY + timedelta(days=6))
    assert set(contest.standings.values_list("score", "place", "prize")) == {(None, None, 0)}


def test_drafts_are_rehearsed_once_a_week(head, rivals):
    draft = design(
        head, rivals, starts_on=TODAY + timedelta(days=20), ends_on=TODAY + timedelta(days=40)
    )
    assert draft.simulation["as_of"] == TODAY.isoformat()
    for days, as_of in ((3, TODAY), (7, TODAY + timedelta(days=8))):
        do_night_of(TODAY + timedelta(days=days))
        draft.refresh_from_db()
        assert draft.simulation["as_of"] == as_of.isoformat()


def test_the_night_does_it(running):
    run = do_night_of(TODAY)
    assert run.steps.get(code="contests").rows == 3


def test_participants_see_scores_of_all_and_facts_of_their_own(rivals, running, head):
    store_standings(TODAY + timedelta(days=6))
    _day, seen = leaderboard(running, rivals[0])
    assert [line.score.replace("\xa0", " ") for line in seen] == ["143,2 %", "115,5 %", "85,9 %"]
    assert [bool(line.fact) for line in seen] == [True, False, False]
    assert [line.is_own for line in seen] == [True, False, False]
    assert all(line.fact for line in leaderboard(running, head)[1])


def test_of_a_contest_by_figures_others_see_the_share_of_the_leader(head, rivals):
    contest = launch_contest(design(head, rivals, score_kind="absolute"), by=head)
    store_standings(TODAY + timedelta(days=6))
    _day, seen = leaderboard(contest, rivals[0])
    assert [line.score.replace("\xa0", " ") for line in seen] == ["100 %", "150 ₽", "41 %"]


def test_who_sees_which_contest(head, director, lead, other_lead, rivals, running):
    draft = design(head, rivals[:2], name="Черновик")
    outsider = UserFactory(team=rivals[0].team)

    def seen(viewer):
        return set(Contest.objects.visible_to(viewer))

    assert seen(director) == seen(head) == {running, draft}
    assert seen(rivals[0]) == seen(rivals[2]) == {running}
    assert seen(lead) == {draft}
    assert seen(other_lead) == seen(outsider) == set()


def said(people, **changed):
    return {
        "name": "Март без скидок",
        "metric": "revenue",
        "score_kind": "normalised",
        "starts_on": "2026-03-02",
        "last_day": "2026-03-29",
        "prize_kind": "places",
        "budget": "50 000",
        "amount_1": "30000",
        "amount_2": "20000",
        "people": [one.pk for one in people],
    } | changed


def test_a_head_designs_changes_and_launches(client, head, rivals):
    client.force_login(head)
    response = client.post(reverse("kpis:contest_create"), said(rivals))
    contest = Contest.objects.get()
    assert response.url == contest.get_absolute_url()
    assert (contest.ends_on, contest.budget) == (END, 50_000)
    assert list(contest.prizes.values_list("reach", "amount")) == [(1, 30_000), (2, 20_000)]

    change = reverse("kpis:contest_change", args=[contest.pk])
    form = client.get(change).context["form"]
    assert form.initial["amount_2"] == 20_000
    changed = said(
        rivals, version="1", prize_kind="thresholds", reach_1="130", reach_2="110", name="Апрель"
    )
    client.post(change, changed)
    assert list(contest.prizes.values_list("reach", "amount")) == [
        (D("1.1"), 20_000),
        (D("1.3"), 30_000),
    ]

    page = client.get(contest.get_absolute_url()).context
    assert page["rehearsal"].windows == 6
    client.post(reverse("kpis:contest_launch", args=[contest.pk]))
    contest.refresh_from_db()
    assert (contest.state, contest.name) == ("launched", "Апрель")
    assert client.get(change).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"last_day": "2026-03-01"}, "last_day"),
        ({"amount_1": "", "amount_2": ""}, "amount_1"),
        ({"prize_kind": "thresholds"}, "reach_1"),
        ({"prize_kind": "thresholds", "reach_1": "110", "reach_2": "110"}, "reach_1"),
        ({"people": []}, "people"),
    ],
)
def test_the_form_says_what_is_missing(client, head, rivals, changed, field):
    client.force_login(head)
    response = client.post(reverse("kpis:contest_create"), said(rivals) | changed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Contest.objects.exists()


@pytest.mark.parametrize("extra", [0, 6])
def test_the_number_of_statements_does_not_grow(
    client, head, rivals, pipeline, extra, django_assert_max_num_queries
):
    more = [UserFactory(team=rivals[0].team) for _ in range(extra)]
    contest = launch_contest(design(head, [*rivals, *more]), by=head)
    for _ in range(extra):
        design(head, rivals)
    store_standings(TODAY + timedelta(days=6))
    client.force_login(head)
    client.get(contest.get_absolute_url())
    with django_assert_max_num_queries(14):
        client.get(contest.get_absolute_url())
    with django_assert_max_num_queries(8):
        client.get(reverse("kpis:contests"))


def test_medals_stand_on_the_card(client, head, rivals, running):
    store_standings(LAST)
    client.force_login(rivals[1])
    address = reverse("kpis:medals", args=[rivals[0].pk])
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    page = client.get(address).content.decode()
    assert ("<html" in fragment, "<html" in page) == (False, True)
    assert "Март без скидок" in fragment
    assert (
        reverse("kpis:medals", args=[rivals[0].pk])
        in client.get(reverse("staff:person", args=[rivals[0].pk])).content.decode()
    )
