"""What became of the base lately: a division of a team's clients, a base handed over, leads by rule."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from apps.clients.models import Client, OwnerChange, Source
from apps.core.models import Decision, Notification, OutboxMessage
from apps.core.periods import DAY
from apps.dashboard.sample.days import moment_of
from apps.dashboard.sample.names import REGIONS
from apps.dashboard.sample.writing import history_asleep
from apps.deals.choices import Outcome, StageKind
from apps.deals.models import Deal, ScheduleLine, StageMove
from apps.portfolio.actions.applying import WATCHED, apply_distribution
from apps.portfolio.actions.distribution import propose
from apps.portfolio.actions.eligibility import obstacles_to_clients
from apps.portfolio.actions.handover import WATCH_DAYS, hand_over
from apps.portfolio.choices import (
    HandoverCause,
    HandoverState,
    HandoverStep,
    Ineligible,
    LeadMethod,
)
from apps.portfolio.models import (
    Distribution,
    Handover,
    LeadAssignment,
    LeadRule,
    LoadNorms,
    SellerFocus,
)
from apps.staff.choices import Role
from apps.staff.models import TeamNode, User

DIVIDED_DAYS_AGO, HANDED_DAYS_AGO = 24, 6
HANDED_CLIENTS = 8
SITE = "Сайт"
LEADS_SHOWN = 40


def make_bases(today: date) -> None:
    """As the actions leave it, with the days on which it would have happened."""
    head = User.objects.get(role=Role.HEAD)
    teams = list(TeamNode.objects.filter(kind="team").order_by("pk"))
    with history_asleep([Client, Deal, OwnerChange]):
        divide_a_team(teams[-1], head, moment_of(today - DIVIDED_DAYS_AGO * DAY, 11))
        hand_a_base_over(today, head, moment_of(today - HANDED_DAYS_AGO * DAY, 16))
    Notification.objects.all().delete()
    OutboxMessage.objects.all().delete()
    make_lead_rules(teams, today)


def moved_after(at: datetime) -> Any:
    """Clients that came, or changed hands, after `at`: they could not be given then."""
    return OwnerChange.objects.filter(happened_at__gte=at).values("client")


def divide_a_team(team: TeamNode, head: User, at: datetime) -> None:
    """The load of a team was levelled; the former owners finished the deals that they had begun."""
    members = User.objects.filter(team=team, role=Role.SELLER, dismissed_on=None)
    towns = dict(REGIONS).get(team.name, ())
    for person, town in zip(members.order_by("-pk"), towns, strict=False):
        SellerFocus.objects.create(user=person, cities=[town])
    asked = Distribution.objects.create(
        node=team,
        tolerance=Decimal("0.25"),
        most_moved=Decimal("0.10"),
        with_deals=False,
        author=head,
    )
    proposal = propose(asked)
    proposal.moves.filter(client__in=moved_after(at)).delete()
    if proposal.moves.exists():
        divided = apply_distribution(
            proposal,
            by=head,
            expected_change=Decimal("0.04"),
            note="Выровнять нагрузку: у двоих клиентов вдвое больше, чем успевают обслужить.",
        )
        date_back(divided, at)


def date_back(divided: Distribution, at: datetime) -> None:
    divided.created_at = divided.applied_at = at
    divided.save(update_fields=["created_at", "applied_at"])
    events = divided.moves.exclude(owner_change=None).values("owner_change")
    date_events_back(events, at, "Распределение клиентов")
    date_decision_back(divided.decision, at, WATCHED)


def date_events_back(events: Any, at: datetime, reason: str) -> None:
    """Without the number in the reason, which is not the same in every database."""
    rows = OwnerChange.objects.filter(pk__in=events)
    rows.update(happened_at=at, recorded_at=at, reason=reason)


def date_decision_back(decision: Decision | None, at: datetime, watched: timedelta) -> None:
    if decision is not None:
        day = at.date()
        Decision.objects.filter(pk=decision.pk).update(
            starts_on=day, ends_on=day + watched, created_at=at
        )


def hand_a_base_over(today: date, head: User, at: datetime) -> None:
    """Who is on leave has left his best clients to a colleague of his team."""
    sellers = User.objects.filter(role=Role.SELLER, dismissed_on=None).select_related("team")
    away = sellers.filter(absences__starts_on__lte=today, absences__ends_on__gt=today + 3 * DAY)
    giver = away.exclude(clients=None).order_by("pk").first()
    if giver is None:
        return
    mates = list(sellers.filter(team=giver.team).exclude(pk=giver.pk).order_by("pk"))
    obstacles = obstacles_to_clients(mates, LoadNorms.current())
    able = [one for one in mates if obstacles[one.pk] == Ineligible.NONE]
    best = Client.objects.kept().filter(owner=giver).exclude(pk__in=moved_after(at))
    best = best.exclude(pk__in=ScheduleLine.objects.owed().values("deal__client"))
    begun = Count("deals", filter=Q(deals__outcome=Outcome.OPEN, deals__owner=giver))
    best = best.annotate(begun=begun).order_by("-begun", "level", "pk")
    if not able or not best.exists():
        return
    handed = hand_over(
        giver=giver,
        receiver=able[0],
        by=head,
        cause=HandoverCause.LEAVE,
        clients=list(best.values_list("pk", flat=True)[:HANDED_CLIENTS]),
        note="До возвращения из отпуска. Срочное сначала, остальным сообщить, кто их ведёт.",
    )
    date_handover_back(handed, at)


def date_handover_back(handed: Handover, at: datetime) -> None:
    handed.handed_at, handed.watch_until = at, at + timedelta(days=WATCH_DAYS)
    handed.state, handed.accepted_at = HandoverState.ACCEPTED, at + timedelta(hours=17)
    handed.steps_done = sorted([HandoverStep.BRIEF_READ, HandoverStep.STEPS_PLANNED])
    handed.save()
    events = handed.items.exclude(owner_change=None).values("owner_change")
    date_events_back(events, at, "Передача базы на время отпуска")
    date_decision_back(handed.decision, at, timedelta(days=WATCH_DAYS))


def make_lead_rules(teams: list[TeamNode], today: date) -> None:
    """A rule of a region and one for the rest; the leads of the last month as they gave them."""
    department = TeamNode.objects.get(kind="department")
    towns = dict(REGIONS).get(teams[0].name, ())
    regional = LeadRule.objects.create(
        name=f"Регион {teams[0].name}",
        order=1,
        node=teams[0],
        method=LeadMethod.LEAST_LOAD,
        cities=list(towns),
    )
    source = Source.objects.kept().filter(name=SITE).first()
    rest = LeadRule.objects.create(name="Остальные, по очереди", order=2, node=department)
    rows = StageMove.objects.filter(from_stage=None, to_stage__kind=StageKind.LEAD)
    if source is not None:
        rows = rows.filter(deal__source=source)
    rows = rows.filter(happened_on__gte=today - 30 * DAY).select_related("deal", "owner")
    latest = list(rows.order_by("-happened_at", "-pk")[:LEADS_SHOWN])
    LeadAssignment.objects.bulk_create(
        LeadAssignment(
            deal=move.deal,
            rule=regional if move.owner.team_id == teams[0].pk else rest,
            owner_id=move.owner_id,
            assigned_at=move.happened_at,
        )
        for move in reversed(latest)
    )
