"""Distribution, handover and leads: leaders act within their teams, receivers see what is theirs."""

from datetime import timedelta

from django.utils import timezone

from apps.portfolio.models import (
    Distribution,
    DistributionMove,
    DistributionSeat,
    Handover,
    LeadRule,
)
from tests.factories.clients import ClientFactory
from tests.factories.staff import UserFactory
from tests.rights import only, page, rows, scoped

OVERSEERS = only("lead head director admin")
NOT_LEADING = "seller director hr admin"


def made(owner, **fields):
    fields = {"state": "proposed", "node": owner.team, "author": owner, **fields}
    return Distribution.objects.create(**fields)


def distribution(owner):
    return {"pk": made(owner).pk}


def moves_csv(owner):
    return {"pk": made(owner).pk, "kind": "csv"}


def applied(owner):
    fields = {"state": "applied", "applied_at": timezone.now(), "applied_by": owner}
    return {"pk": made(owner, **fields).pk}


def seat(owner):
    asked = made(owner)
    DistributionSeat.objects.create(
        distribution=asked, user=owner, capacity_hours=1, load_hours=1, potential=0, clients=0,
        clients_a=0,
    )  # fmt: skip
    return {"pk": asked.pk, "user": owner.pk}


def move(owner):
    row = DistributionMove.objects.create(
        distribution=made(owner),
        client=ClientFactory(owner=owner),
        old_owner=owner,
        new_owner=UserFactory(),
        hours=1,
        potential=0,
    )
    return {"pk": row.pk}


def handover(owner):
    """From a person of the owner's team to the owner: so nothing but the owner's scope opens it."""
    now = timezone.now()
    row = Handover.objects.create(
        giver=UserFactory(team=owner.team),
        receiver=owner,
        cause="leave",
        is_whole_base=True,
        author=owner,
        handed_at=now,
        watch_until=now + timedelta(days=30),
    )
    return {"pk": row.pk}


def rule(owner):
    return {"pk": LeadRule.objects.create(name="Правило", node=owner.team).pk}


def shift(owner):
    return {**rule(owner), "direction": "up"}


def person(owner):
    return {"pk": owner.pk}


HEAD_ONLY = dict.fromkeys(("seller", "lead", "director", "hr", "admin"), "403 403 403 403")
RIGHTS = {
    "portfolio:distribution_list": page(**OVERSEERS),
    "portfolio:distribution_create": page(**only("lead head"), methods="GET POST", posted=422),
    # The seller's own team is led by the lead: what is in it is shown to who leads it.
    "portfolio:distribution": rows(distribution, **scoped(closed="seller hr")),
    "portfolio:distribution_apply": rows(
        distribution, methods="GET POST", posted=422, **scoped(closed=NOT_LEADING)
    ),
    "portfolio:moves_export": rows(moves_csv, **scoped(closed="seller hr admin")),
    "portfolio:distribution_recount": rows(
        distribution, methods="POST", **scoped(302, closed=NOT_LEADING)
    ),
    "portfolio:distribution_undo": rows(applied, methods="POST", **scoped(302, closed=NOT_LEADING)),
    "portfolio:seat_mode": rows(
        seat, methods="POST", data={"mode": "pinned"}, **scoped(302, closed=NOT_LEADING)
    ),
    "portfolio:move_choose": rows(move, methods="POST", **scoped(302, closed=NOT_LEADING)),
    "portfolio:load_norms": page(**only("head"), methods="GET POST", posted=422),
    "portfolio:focus_list": page(**only("lead head")),
    "portfolio:seller_focus": rows(
        person, methods="GET POST", posted=422, **scoped(closed=NOT_LEADING)
    ),
    "portfolio:handover_list": page(**only("seller lead head director admin")),
    "portfolio:handover_create": page(**only("lead head"), methods="GET POST"),
    "portfolio:handover": rows(handover, **scoped()),
    # Who sees it but is not the receiver is refused.
    "portfolio:handover_accept": rows(
        handover,
        methods="POST",
        seller="302 404 404 404",
        lead="302 403 404 404",
        head="302 403 403 404",
        director="302 403 403 403",
        hr="403 403 403 403",
        admin="302 403 403 403",
    ),
    "portfolio:handover_step": rows(
        handover,
        methods="POST",
        data={"step": "brief_read", "done": "1"},
        seller="302 404 404 404",
        lead="302 403 404 404",
        head="302 403 403 404",
        director="302 403 403 403",
        hr="403 403 403 403",
        admin="302 403 403 403",
    ),
    "portfolio:handover_return": rows(handover, methods="POST", **scoped(302, closed=NOT_LEADING)),
    "portfolio:lead_rules": page(**OVERSEERS),
    "portfolio:lead_rule_create": page(**only("head"), methods="GET POST", posted=422),
    "portfolio:lead_rule": rows(rule, methods="GET POST", posted=422, **HEAD_ONLY),
    "portfolio:lead_rule_shift": rows(shift, "302 302 302 302", methods="POST", **HEAD_ONLY),
    "portfolio:lead_rule_archive": rows(rule, "302 302 302 302", methods="POST", **HEAD_ONLY),
}
