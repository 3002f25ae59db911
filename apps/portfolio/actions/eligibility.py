"""Who may receive clients, a base or leads: the one place that every entry asks (invariant 10)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from apps.core.calendars import WorkCalendar, company_today
from apps.core.periods import Period
from apps.portfolio.calculations.load import Norms, capacity_hours
from apps.portfolio.choices import Ineligible
from apps.portfolio.models import LoadNorms, ServiceNorm
from apps.portfolio.rules import obstacle_to_base, obstacle_to_clients, obstacle_to_leads
from apps.staff.models import Absence, User

# Capacity is of the coming month.
HORIZON_DAYS = A_MONTH = 30


def absences_of(people: Iterable[User], today: date) -> dict[int, list[Absence]]:
    """Absences that are on or to come, by person."""
    found: dict[int, list[Absence]] = defaultdict(list)
    rows = Absence.objects.not_over(today).filter(user__in=[one.pk for one in people])
    for absence in rows.order_by("starts_on"):
        found[absence.user_id].append(absence)
    return found


def obstacles_to_clients(people: Sequence[User], norms: LoadNorms) -> dict[int, Ineligible]:
    today = company_today()
    asked = partial(obstacle_to_clients, today=today, days=norms.absence_days)
    return answers(people, today, asked)


def obstacles_to_base(people: Sequence[User]) -> dict[int, Ineligible]:
    today = company_today()
    asked = partial(obstacle_to_base, today=today, days=LoadNorms.current().absence_days)
    return answers(people, today, asked)


def obstacles_to_leads(people: Sequence[User]) -> dict[int, Ineligible]:
    today = company_today()
    return answers(people, today, partial(obstacle_to_leads, today=today))


def answers(
    people: Sequence[User], today: date, asked: Callable[..., Ineligible]
) -> dict[int, Ineligible]:
    absences = absences_of(people, today)
    return {one.pk: asked(one, absences.get(one.pk, [])) for one in people}


def capacities(people: Sequence[User], norms: LoadNorms) -> dict[int, float]:
    """Hours for clients in the coming month, by person; nothing for who has left."""
    today = company_today()
    period = Period(today, today + timedelta(days=HORIZON_DAYS))
    calendar = WorkCalendar.load(period.start, period.last_day)
    days = calendar.working_days(period)
    absences = absences_of(people, today)

    def hours(person: User) -> float:
        if not person.is_active:
            return 0.0
        away = [
            day
            for day in days
            if any(one.starts_on <= day < one.ends_on for one in absences.get(person.pk, []))
        ]
        return capacity_hours(
            working_days=len(days),
            away_days=len(away),
            hours_per_day=float(person.hours_per_day),
            ramp=float(person.ramp_share),
            client_share=float(norms.client_time_share),
        )

    return {person.pk: hours(person) for person in people}


def norms_in_force(row: LoadNorms) -> Norms:
    """What hours are counted by: touches a month from the norms of service, minutes from `row`."""
    touches = {
        str(norm.abc): norm.touches * A_MONTH / norm.days for norm in ServiceNorm.all_norms()
    }
    return Norms(
        touches={**touches, "": float(row.touches_other)},
        touch_minutes={
            "A": row.minutes_a,
            "B": row.minutes_b,
            "C": row.minutes_c,
            # Their frequency is a norm of their own, a touch takes as long as of the rest.
            "N": row.minutes_other,
            "": row.minutes_other,
        },
        lead_minutes=row.minutes_lead,
        deal_minutes=row.minutes_deal,
        task_minutes=row.minutes_task,
    )
