"""The client base: who is in it, whose it is, and its dirt."""

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from apps.clients.choices import ClientKind
from apps.clients.models import Client, Contact, OwnerChange
from apps.dashboard.sample.days import Span, moment
from apps.dashboard.sample.identity import company_inn, kpp, latin, person_inn, phone
from apps.dashboard.sample.names import STREETS, company_names, full_name, person_name
from apps.dashboard.sample.people import Person, Staff
from apps.dashboard.sample.writing import Table, flush_all
from apps.staff.choices import Role

OLD_SHARE = 0.55
DUPLICATES_PER_THOUSAND = 10
LEVELS = (("A", 12), ("B", 28), ("C", 60))
SIZES = {"A": (250, 3000), "B": (60, 400), "C": (5, 80)}
POTENTIALS = {"A": (8, 40), "B": (2, 9), "C": (0.3, 2.5)}
# Of every so many clients one has not been asked yet how much he could buy.
UNASKED = 3
JOBS = (
    "Генеральный директор", "Технический директор", "Главный инженер", "Главный энергетик",
    "Начальник отдела закупок", "Специалист по закупкам", "Руководитель службы эксплуатации",
    "Финансовый директор", "Заместитель директора по развитию", "Инженер проекта",
)  # fmt: skip
DECIDERS = 4


@dataclass(slots=True)
class SampleClient:
    id: int
    level: str
    contacts: int
    first_contact: int


@dataclass
class Portfolio:
    """A seller's clients in the order of their appearance."""

    days: list[date] = field(default_factory=list)
    clients: list[SampleClient] = field(default_factory=list)

    def pick(self, day: date, rng: random.Random) -> SampleClient | None:
        """A client known by `day`: new ones and the best ones come more often."""
        known = bisect_right(self.days, day)
        if not known:
            return None
        if rng.random() < 0.35:
            return self.clients[max(known - 1 - int(rng.expovariate(0.35)), 0)]
        return self.clients[int(known * rng.random() ** 1.7)]


class ClientBase:
    def __init__(self) -> None:
        self.portfolios: dict[int, Portfolio] = {}

    def of(self, owner: Person) -> Portfolio:
        return self.portfolios.setdefault(owner.id, Portfolio())


class _Writer:
    """Writes clients with their contacts and owners, some thousands at a time."""

    def __init__(self, span: Span, staff: Staff, sources: list[int], rng: random.Random):
        self.span, self.staff, self.sources, self.rng = span, staff, sources, rng
        self.clients = Table(
            Client, "kind", "name", "inn", "kpp", "phone", "email", "site", "city", "address",
            "industry", "employees", "source_id", "owner_id", "level", "potential", "note",
            "created_at",
        )  # fmt: skip
        self.contacts = Table(
            Contact, "client_id", "name", "position", "phone", "email", "is_decision_maker"
        )
        self.changes = Table(
            OwnerChange, "client_id", "old_owner_id", "new_owner_id", "happened_at",
            "recorded_at", "author_id", "reason",
        )  # fmt: skip
        self.base = ClientBase()

    def flush(self) -> None:
        flush_all([self.clients, self.contacts, self.changes])

    def add(self, name: str, trade: str, since: date) -> None:
        rng, owner = self.rng, self.staff.pick(max(since, self.span.lived[0]), self.rng)
        level = rng.choices(
            [name for name, _weight in LEVELS], [weight for _name, weight in LEVELS]
        )[0]
        number = self.clients.next_id
        sole = rng.random() < 0.08
        domain = latin(name.split("«")[-1].strip("»")) or "client"
        town = rng.choice((owner.home.towns[0], rng.choice(owner.home.towns)))
        last, first, middle = person_name(rng)
        title = f"ИП {last} {first[0]}. {middle[0]}." if sole else full_name(name, rng)
        now = self.staff.answering(owner, self.span.today, number)
        low, high = POTENTIALS[level]
        potential = round(rng.uniform(low, high), 1) * 1_000_000
        created = moment(since, rng)
        client = self.clients.add(
            ClientKind.COMPANY.value, title,
            person_inn(number) if sole else company_inn(number), "" if sole else kpp(number),
            phone(rng), f"info@{domain}{number}.example.com",
            "" if sole else f"https://{domain}{number}.example.com", town,
            f"{town}, ул. {rng.choice(STREETS)}, д. {rng.randrange(1, 120)}", trade,
            None if sole else rng.randrange(*SIZES[level]), rng.choice(self.sources), now.id,
            level, None if number % UNASKED == 0 else potential, "", created,
        )  # fmt: skip
        first_contact, count = self._contacts(client, (last, first, middle), domain, sole)
        self._owners(client, owner, now, created)
        portfolio = self.base.of(owner)
        portfolio.days.append(since)
        portfolio.clients.append(SampleClient(client, level, count, first_contact))

    def _contacts(
        self, client: int, name: tuple[str, str, str], domain: str, sole: bool
    ) -> tuple[int, int]:
        """The first contact's id and their number."""
        rng, first = self.rng, self.contacts.next_id
        count = 1 if sole else rng.choice((1, 1, 2, 2, 3))
        for number in range(count):
            last, given, middle = name if sole else person_name(rng)
            job = 0 if sole else rng.randrange(len(JOBS))
            mail = f"{latin(given[0])}.{latin(last)}@{domain}{client}.example.com"
            self.contacts.add(
                client, f"{last} {given} {middle}", JOBS[job], phone(rng), mail,
                job < DECIDERS or number == 0 == count - 1,
            )  # fmt: skip
        return first, count

    def _owners(self, client: int, first: Person, now: Person, created) -> None:
        boss = first.home.boss.id
        self.changes.add(client, None, first.id, created, created, boss, "")
        if now is not first and first.left_on:
            left = moment(first.left_on, self.rng)
            reason = "Передача базы при увольнении"
            self.changes.add(client, first.id, now.id, left, left, boss, reason)

    def copy(self, original: Client) -> None:
        """The same company once more, entered in a hurry: another spelling, no INN."""
        bare = original.name.split("«", 1)[-1].rstrip("»")
        spelling = self.rng.choice((bare.upper(), f"ООО {bare}", f"{bare} (дубль)", bare.lower()))
        day = self.span.working_from(self.span.today - timedelta(days=self.rng.randrange(5, 300)))
        if day >= self.span.today:
            day = self.span.add_working(self.span.today, -2)
        owner, created = self.staff.pick(day, self.rng), moment(day, self.rng)
        now = self.staff.answering(owner, self.span.today, self.clients.next_id)
        client = self.clients.add(
            original.kind, spelling, "", "", original.phone, "", "", original.city, "", "", None,
            None, now.id, "", None, "", created,
        )  # fmt: skip
        self._owners(client, owner, now, created)


def make_clients(
    span: Span, staff: Staff, count: int, sources: list[int], rng: random.Random
) -> ClientBase:
    writer = _Writer(span, staff, sources, rng)
    names = company_names(rng)
    lived = span.lived
    old = round(count * OLD_SHARE)
    days = sorted(rng.choice(lived) for _ in range(count - old))
    before = [lived[0] - timedelta(days=rng.randrange(1, 700)) for _ in range(old)]
    for number, day in enumerate(sorted(before) + days):
        writer.add(*next(names), span.working_from(day) if number >= old else day)
        if number % 5000 == 4999:
            writer.flush()
    writer.flush()
    _spoil(writer, count)
    return writer.base


def _spoil(writer: _Writer, count: int) -> None:
    """Duplicates, and one client whom nobody owns."""
    ids = writer.rng.sample(range(1, count + 1), max(2, count * DUPLICATES_PER_THOUSAND // 1000))
    for original in Client.objects.filter(pk__in=ids[1:]).order_by("pk"):
        writer.copy(original)
    writer.flush()
    orphan = Client.objects.get(pk=ids[0])
    when = moment(writer.span.add_working(writer.span.today, -8), writer.rng)
    head = writer.staff.one(Role.HEAD)
    writer.changes.add(
        orphan.pk, orphan.owner_id, None, when, when, head.id, "Продавец отказался от клиента"
    )
    writer.flush()
    Client.objects.filter(pk=orphan.pk).update(owner=None)
