"""Pages of the product and their naive counterparts, at one size."""

import random
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from apps.clients.models import Client
from apps.dashboard.sample.names import LAST_NAMES, STEMS, TRADES
from apps.deals.choices import StageKind
from apps.deals.models import Deal, Pipeline, Stage
from apps.staff.choices import Role
from apps.staff.models import User
from benchmarks import baselines
from benchmarks.night import ensure_night
from benchmarks.web import Answer, Site, measure

TIMES = 40
SLOW_TIMES = 5

Ask = Callable[[], Answer]


def run(times: int = TIMES) -> dict[str, dict[str, Any]]:
    """Figures by page; the names beginning with "naive" are the baselines."""
    ensure_night()
    head = User.objects.get(role=Role.HEAD)
    seller = User.objects.filter(role=Role.SELLER, dismissed_on=None).order_by("pk")[0]
    figures = {}
    for name, asks in {**_head_pages(Site(head)), **_seller_pages(Site(seller))}.items():
        figures[name] = asdict(measure(asks, times=times))
    for name, work in baselines.PAGES.items():
        asks = [partial(_naively, work, head)]
        figures[name] = asdict(measure(asks, times=min(times, SLOW_TIMES), warm_up=1))
    return figures


def _head_pages(site: Site) -> dict[str, list[Ask]]:
    deals, rng = reverse("deals:deal_list"), random.Random(1)
    # Stages, not owners: at every size a page is full, so that growth is the base's, not the page's.
    stages = Stage.objects.kept().filter(kind=StageKind.OPEN, pipeline__is_default=True)
    open_stages = stages.order_by("order").values_list("pk", flat=True)[:3]
    last = Deal.objects.order_by("-pk").values_list("pk", flat=True)[0]
    some = [rng.randrange(1, last) for _ in range(20)]
    words = [rng.choice(LAST_NAMES) for _ in range(3)]
    words += [(rng.choice(STEMS) + rng.choice(TRADES)).lower()[:9] for _ in range(4)]
    words += ["вентиляция цеха"]
    # Asked a second time, by likeness, once nothing is found as it is written.
    misspelt = ["нетакого", f"{LAST_NAMES[0][:4]}ыы{LAST_NAMES[0][4:]}"]
    numbers = [*_phones_and_inns(), "+7916", "4218"]
    search = reverse("core:search")
    clients = Client.objects.exclude(owner=None).order_by("pk").values_list("pk", flat=True)[:20]
    addresses = {
        "dashboard": [reverse("dashboard:department")],
        "deal list, open": [f"{deals}?outcome=open"],
        "deal list, all": [f"{deals}?outcome="],
        "deal list, filtered and sorted": [
            f"{deals}?stage={pk}&outcome=open&sort=-amount" for pk in open_stages
        ],
        "deal list, won, by amount": [f"{deals}?outcome=won&sort=-amount"],
        "board": [f"{reverse('deals:deal_board')}?no_step="],
        "deal page": [reverse("deals:deal", args=[pk]) for pk in _visible(site, some)],
        "search": [f"{search}?q={quote(text)}" for text in words],
        "search, misspelt": [f"{search}?q={quote(text)}" for text in misspelt],
        "search by number": [f"{search}?q={quote(text)}" for text in numbers],
        "client list": [reverse("clients:client_list")],
        "client page": [reverse("clients:client", args=[pk]) for pk in clients],
    }
    asks: dict[str, list[Ask]]
    asks = {name: [partial(site.get, one) for one in listed] for name, listed in addresses.items()}
    return {**asks, "create a deal": [_creation(site)]}


def _naively(work: Callable[[User], bytes], head: User) -> Answer:
    return Answer(200, work(head))


def _phones_and_inns() -> list[str]:
    """Whole numbers as people type them, and the last digits of some phones."""
    clients = Client.objects.exclude(phone="").exclude(inn="").order_by("pk")[:4]
    phones = [client.phone for client in clients]
    return [
        *phones,
        *(f"8{phone[2:]}" for phone in phones),
        *(client.inn for client in clients),
    ] + [phone[-4:] for phone in phones]


def _visible(site: Site, keys: list[int]) -> list[int]:
    """Those of `keys` that the page opens."""
    return [pk for pk in keys if site.get(reverse("deals:deal", args=[pk])).status == 200]


def _seller_pages(site: Site) -> dict[str, list[Ask]]:
    return {"my day": [partial(site.get, reverse("dashboard:my_day"))]}


def _creation(site: Site) -> Ask:
    stage = Pipeline.objects.get(is_default=True).stages.order_by("order")[0]
    owner = User.objects.filter(role=Role.SELLER, dismissed_on=None).order_by("pk")[0]
    number = iter(range(10**9))

    def create() -> Answer:
        form = {
            "title": f"Вентиляция {next(number)}",
            "amount": "450000",
            "currency": "RUB",
            "stage": stage.pk,
            "owner": owner.pk,
            "idempotency_key": random.Random().getrandbits(96),
        }
        answer = site.post(reverse("deals:deal_create"), form)
        if answer.status != 302:
            raise RuntimeError(f"the deal was not made: {answer.status}")
        return Answer(200, b"")

    return create
