"""A contest of a person and a colleague of his team, without history."""

from datetime import timedelta

from django.utils import timezone

from apps.core.calendars import company_today
from apps.kpis.models import Contest, ContestParticipant
from tests.factories.decisions import DecisionFactory
from tests.factories.staff import UserFactory


def contest_of(person, *, is_launched=False):
    today = company_today()
    contest = Contest.objects.create(
        name="Март без скидок",
        metric="revenue",
        starts_on=today,
        ends_on=today + timedelta(weeks=4),
        budget=50_000,
        author=UserFactory(),
    )
    for user in (person, UserFactory(team=person.team)):
        ContestParticipant.objects.create(contest=contest, user=user, team=user.team)
    if is_launched:
        contest.state, contest.launched_at = "launched", timezone.now()
        contest.decision = DecisionFactory(kind="contest")
        contest.save()
    return contest
