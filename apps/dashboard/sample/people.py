"""The people: their teams, places over time, absences and skill."""

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.identity import latin, phone
from apps.dashboard.sample.names import REGIONS, people_names
from apps.dashboard.sample.writing import Table, flush_all
from apps.staff.choices import AbsenceKind, NodeKind, Role
from apps.staff.models import Absence, Membership, Position, TeamNode, User

RAMP = (0.25, 0.5, 0.75)
RAMP_MONTHS = len(RAMP)
DISMISSED_MONTHS_AGO = 6
TRANSFER_MONTHS_AGO = 9
SILENT_DAYS = 24
MONTHS_OF_HIRES = 21
PEOPLE_PER_TEAM = 7
POSITIONS = {
    Role.DIRECTOR: "Коммерческий директор",
    Role.HEAD: "Руководитель отдела продаж",
    Role.HR: "Менеджер по персоналу",
    Role.ADMIN: "Системный администратор",
    Role.LEAD: "Старший менеджер",
    Role.SELLER: "Менеджер по продажам",
}
ALONE = (Role.DIRECTOR, Role.HEAD, Role.HR, Role.ADMIN)
NEWCOMER = "Младший менеджер по продажам"


@dataclass
class Team:
    id: int
    name: str
    towns: tuple[str, ...]
    leader: "Person | None" = None

    @property
    def boss(self) -> "Person":
        assert self.leader, f"{self.name} has no leader yet"
        return self.leader


@dataclass
class Person:
    """A colleague as the generator knows him; `skill` 1 is average."""

    id: int
    role: Role
    name: str
    email: str
    hired_on: date
    team: Team | None = None
    skill: float = 1.0
    left_on: date | None = None
    silent_from: date | None = None
    transferred_on: date | None = None
    old_team: Team | None = None
    away: list[tuple[date, date]] = field(default_factory=list)

    @property
    def home(self) -> Team:
        """The team he is in now; only people above the teams have none."""
        assert self.team, f"{self.name} is in no team"
        return self.team

    def ramp(self, day: date) -> float:
        """Share of the full plan by months since the hire."""
        months = (day.year - self.hired_on.year) * 12 + day.month - self.hired_on.month
        return RAMP[months] if 0 <= months < RAMP_MONTHS else 1.0

    def works_on(self, day: date) -> bool:
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)

    def is_away(self, day: date) -> bool:
        return any(start <= day < end for start, end in self.away)


class Staff:
    """Everybody, and who sells on a given day."""

    def __init__(self, span: Span, teams: list[Team], people: list[Person]):
        self.span = span
        self.teams = teams
        self.people = people
        self.sellers = [p for p in people if p.role in (Role.SELLER, Role.LEAD)]
        self.by_id = {p.id: p for p in people}
        self._shares: dict[date, tuple[list[Person], list[float]]] = {}

    def one(self, role: Role) -> Person:
        return next(p for p in self.people if p.role == role)

    def pick(self, day: date, rng: random.Random) -> Person:
        """Who gets a new deal of `day`: by skill and ramp, among those at work."""
        if day not in self._shares:
            self._shares[day] = self._count_shares(day)
        people, sums = self._shares[day]
        return people[bisect_right(sums, rng.random() * sums[-1], 0, len(sums) - 1)]

    def _count_shares(self, day: date) -> tuple[list[Person], list[float]]:
        at_work = [p for p in self.sellers if p.works_on(day) and not p.is_away(day)]
        sums, total = [], 0.0
        for person in at_work:
            half = 0.5 if person.role == Role.LEAD else 1.0
            quiet = 0.3 if person.silent_from and day >= person.silent_from else 1.0
            total += half * quiet * person.ramp(day) * (0.6 + 0.4 * person.skill)
            sums.append(total)
        return at_work, sums

    def successor(self, person: Person, number: int) -> Person:
        """Who takes over thing `number` of a person who left."""
        mates = [
            p
            for p in self.sellers
            if p.team is person.team
            and p.left_on is None
            and p is not person
            and p.hired_on <= self.span.start
        ] or [p for p in self.sellers if p.left_on is None]
        return mates[number % len(mates)]

    def answering(self, person: Person, day: date, number: int) -> Person:
        """The owner on `day` of what `person` once owned."""
        if person.left_on and day >= person.left_on:
            return self.successor(person, number)
        return person


def make_people(span: Span, count: int, password: str, rng: random.Random) -> Staff:
    """The team tree with `count` people in it; `password` is already hashed."""
    teams = _make_tree(max(3, round(count / 10)))
    people = _hire(span, teams, count, rng)
    _live(span, people, teams, rng)
    _write(span, people, password, rng)
    _give_leaders(teams, people)
    return Staff(span, teams, people)


def _make_tree(count: int) -> list[Team]:
    company = TeamNode.objects.create(kind=NodeKind.COMPANY, name="Северный ветер")
    department = TeamNode.objects.create(
        kind=NodeKind.DEPARTMENT, name="Отдел продаж", parent=company
    )
    teams = []
    for number in range(count):
        region, towns = REGIONS[number % len(REGIONS)]
        name = region if number < len(REGIONS) else f"{region} {number // len(REGIONS) + 1}"
        node = TeamNode.objects.create(kind=NodeKind.TEAM, name=name, parent=department)
        teams.append(Team(node.pk, name, towns))
    return teams


def _roles(count: int, teams: int) -> list[Role]:
    fixed = [Role.DIRECTOR, Role.HEAD, Role.HR, Role.ADMIN, *[Role.LEAD] * teams]
    return fixed + [Role.SELLER] * (count - len(fixed))


def _hire(span: Span, teams: list[Team], count: int, rng: random.Random) -> list[Person]:
    names, people, taken = people_names(rng), [], set()
    sellers = 0
    for number, role in enumerate(_roles(count, len(teams)), start=1):
        last, first, middle = next(names)
        mailbox = role.value if role in ALONE else latin(last)
        mailbox += f".{number}" if mailbox in taken else ""
        taken.add(mailbox)
        full = f"{last} {first} {middle}"
        person = Person(number, role, full, f"{mailbox}@example.com", span.start)
        person.hired_on = span.calendar.next_working(
            span.start - timedelta(days=rng.randrange(120, 900))
        )
        if role in (Role.LEAD, Role.SELLER):
            person.team = teams[sellers % len(teams)]
            sellers += 1
        if role == Role.SELLER:
            person.skill = min(max(rng.lognormvariate(0, 0.28), 0.5), 1.9)
        if role == Role.LEAD:
            person.skill = 1.25
        people.append(person)
    return people


def _live(span: Span, people: list[Person], teams: list[Team], rng: random.Random) -> None:
    """Late hires, one dismissal, one transfer, one silence; then absences."""
    sellers = [p for p in people if p.role == Role.SELLER]
    late = sellers[len(sellers) * 6 // 10 :]
    for number, person in enumerate(late):
        months = 1 + (MONTHS_OF_HIRES * number) // max(len(late) - 1, 1)
        person.hired_on = span.working_from(
            span.months[months].start + timedelta(days=rng.randrange(3, 20))
        )
    gone, moved, silent = sellers[2], sellers[4], sellers[5]
    gone.left_on = span.working_from(
        span.months[-1 - DISMISSED_MONTHS_AGO].start + timedelta(days=17)
    )
    gone.skill = 0.62
    moved.old_team = moved.team
    moved.team = teams[(teams.index(moved.home) + 1) % len(teams)]
    moved.transferred_on = span.working_from(span.months[-1 - TRANSFER_MONTHS_AGO].start)
    silent.silent_from = span.today - timedelta(days=SILENT_DAYS)
    silent.skill = 0.7
    for person in people:
        person.away = _absences(span, person, rng)
    sellers[7].away = [a for a in sellers[7].away if a[1] < span.today - timedelta(days=20)]
    sellers[7].away.append((span.today - timedelta(days=4), span.today + timedelta(days=10)))


def _absences(span: Span, person: Person, rng: random.Random) -> list[tuple[date, date]]:
    """About two vacations and two illnesses a year, never two at once."""
    away: list[tuple[date, date]] = []
    last = person.left_on or span.today + timedelta(days=120)
    day = max(person.hired_on + timedelta(days=120), span.start) + timedelta(days=rng.randrange(60))
    while True:
        start = span.working_from(day)
        length = rng.choice((14, 14, 4, 5, 3, 7))
        if length != 14 and start > span.today - timedelta(days=7):
            length = 14  # only vacations are known beforehand
        if start + timedelta(days=length) >= last:
            return away
        away.append((start, start + timedelta(days=length)))
        day = start + timedelta(days=length + rng.randrange(55, 110))


def _write(span: Span, people: list[Person], password: str, rng: random.Random) -> None:
    positions = {
        name: Position.objects.create(name=name).pk for name in [*POSITIONS.values(), NEWCOMER]
    }
    users = Table(
        User, "password", "email", "last_name", "first_name", "middle_name", "role", "team_id",
        "phone", "hired_on", "dismissed_on", "ramp_share", "may_receive_clients", "created_at",
    )  # fmt: skip
    places = Table(
        Membership, "user_id", "node_id", "position_id", "mentor_id", "started_on", "ended_on"
    )
    absences = Table(Absence, "user_id", "kind", "starts_on", "ends_on")
    nodes = {node.kind: node.pk for node in TeamNode.objects.order_by("-pk")}
    leaders = {p.team.id: p for p in people if p.role == Role.LEAD and p.team}
    for person in people:
        ramp = person.ramp(span.today)
        last, first, middle = person.name.split()
        node = person.team.id if person.team else nodes[_node_kind(person.role)]
        users.add(
            password, person.email, last, first, middle, person.role.value, node, phone(rng),
            person.hired_on, person.left_on, ramp, person.role == Role.SELLER and ramp >= 0.5,
            moment(person.hired_on, rng),
        )  # fmt: skip
        for place in _places(person, node, ramp, positions, leaders):
            places.add(person.id, *place)
        for start, end in person.away:
            kind = AbsenceKind.VACATION if (end - start).days == 14 else AbsenceKind.SICK
            absences.add(person.id, kind.value, start, end)
    flush_all([users, places, absences])


def _node_kind(role: Role) -> NodeKind:
    return NodeKind.DEPARTMENT if role == Role.HEAD else NodeKind.COMPANY


def _places(
    person: Person, node: int, ramp: float, positions: dict[str, int], leaders: dict[int, Person]
) -> list[tuple[Any, ...]]:
    """Rows of membership: team, position, mentor, from, until."""
    position = positions[POSITIONS[person.role]]
    if person.transferred_on and person.old_team:
        return [
            (person.old_team.id, position, None, person.hired_on, person.transferred_on),
            (node, position, None, person.transferred_on, None),
        ]
    if ramp < 1:
        position = positions[NEWCOMER]
    mentor = leaders[node].id if person.role == Role.SELLER else None
    return [(node, position, mentor, person.hired_on, person.left_on)]


def _give_leaders(teams: list[Team], people: list[Person]) -> None:
    def lead(role_of_node: NodeKind, role: Role) -> None:
        leader = next(p for p in people if p.role == role)
        TeamNode.objects.filter(kind=role_of_node).update(leader=leader.id)

    lead(NodeKind.COMPANY, Role.DIRECTOR)
    lead(NodeKind.DEPARTMENT, Role.HEAD)
    for team in teams:
        team.leader = next(p for p in people if p.role == Role.LEAD and p.team is team)
        TeamNode.objects.filter(pk=team.id).update(leader=team.leader.id)
