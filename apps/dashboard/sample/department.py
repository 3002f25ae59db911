"""The whole department in one transaction, so that a killed run leaves the database empty."""

import random
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Client, Contact, OwnerChange
from apps.core.models import Company
from apps.dashboard.sample.access_log import make_access_log
from apps.dashboard.sample.activities import ActivityWriter
from apps.dashboard.sample.bases import make_bases
from apps.dashboard.sample.big_deals import make_big_deals
from apps.dashboard.sample.bonuses import make_bonuses
from apps.dashboard.sample.catalogue import make_catalogue
from apps.dashboard.sample.clients import make_clients
from apps.dashboard.sample.consents import make_consents
from apps.dashboard.sample.days import Span
from apps.dashboard.sample.deals import DealWriter, make_deals
from apps.dashboard.sample.decisions import make_decisions
from apps.dashboard.sample.lists import make_tags, make_views
from apps.dashboard.sample.money import MoneyWriter
from apps.dashboard.sample.offers import make_offers
from apps.dashboard.sample.people import Person, make_people
from apps.dashboard.sample.plans import make_plans
from apps.dashboard.sample.promises import make_promises
from apps.dashboard.sample.schemes import make_schemes
from apps.dashboard.sample.segments import make_segments
from apps.dashboard.sample.tasks import make_tasks
from apps.dashboard.sample.trust import make_trust
from apps.dashboard.sample.writing import history_asleep, refresh_statistics
from apps.deals.models import (
    Activity,
    Allocation,
    Deal,
    DealLine,
    DealSplit,
    Product,
    Receipt,
    ScheduleLine,
    StageMove,
    WonAdjustment,
)
from apps.kpis.models import ApprovalStep, PlanLine, PlanShare, PlanVersion
from apps.staff.models import Absence, Membership, User
from apps.tasks.models import Delay, Task, TaskLog, TaskSeries

WRITTEN = (
    User, Membership, Absence, Client, Contact, OwnerChange, Product, Deal, DealLine, DealSplit,
    StageMove, WonAdjustment, Activity, ScheduleLine, Receipt, Allocation, Task, TaskLog, Delay,
    TaskSeries, PlanVersion, PlanLine, PlanShare, ApprovalStep,
)  # fmt: skip
DEALS, PEOPLE, CLIENTS = 5500, 25, 1500
RICH_UP_TO = 20_000


@dataclass
class Size:
    """How much to make; what is not said follows the number of deals."""

    deals: int = DEALS
    people: int | None = None
    clients: int | None = None
    activities_per_deal: float | None = None

    def settled(self) -> tuple[int, int, float]:
        """People, clients, activities per deal."""
        times = max(self.deals / DEALS, 0.1)
        people = self.people or min(max(PEOPLE, round(PEOPLE * times**0.48)), 300)
        clients = self.clients or round(CLIENTS * times**0.55)
        rich = 8 if self.deals <= RICH_UP_TO else 1
        return people, clients, self.activities_per_deal or rich


def make_department(*, seed: int, today: date, size: Size, password: str) -> list[Person]:
    """The sample department as it stands on the morning of `today`; its people are returned.

    The same seed, day and size give the same rows. Raises ValidationError "not_empty" when the
    database has people or deals already.
    """
    if User.objects.exists() or Client.objects.exists() or Deal.objects.exists():
        raise ValidationError(_("The database already has people, clients or deals."), "not_empty")
    with transaction.atomic():
        people = _make(seed, today, size, password)
        refresh_statistics(WRITTEN)
        make_segments(today)
        make_trust(seed, today)
        make_bases(today)
        make_schemes(today)
        make_decisions(today)
        make_bonuses(today)
    return people


def _make(seed: int, today: date, size: Size, password: str) -> list[Person]:
    def dice(noun: str) -> random.Random:
        return random.Random(f"{seed} {noun}")  # noqa: S311 -- a repeatable invention

    people_count, client_count, per_deal = size.settled()
    span = Span(today)
    _name_company()
    catalogue = make_catalogue()
    with history_asleep(WRITTEN):
        staff = make_people(span, people_count, make_password(password), dice("people"))
        base = make_clients(span, staff, client_count, catalogue.sources, dice("clients"))
        activities = ActivityWriter(span, staff, per_deal, dice("activities"))
        money = MoneyWriter(span, staff, dice("money"))
        writer = DealWriter(span, staff, base, catalogue, activities, money, dice("deals"))
        make_deals(writer, span, size.deals)
        make_tasks(span, staff, dice("tasks"))
        make_plans(span, staff)
        make_offers(span, staff, dice("offers"))
        make_tags(span, dice("tags"))
        make_views()
    make_consents(span, dice("consents"))
    make_access_log(span, staff)
    make_promises(span, dice("promises"))
    make_big_deals(span, dice("big deals"))
    return staff.people


def _name_company() -> None:
    company = Company.current()
    company.name = "Северный ветер"
    company.set_up_at = timezone.now()
    company.save()
