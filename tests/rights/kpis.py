"""Plans and the nightly calculation."""

from datetime import date

from apps.kpis.models import NightRun, ReopenRequest
from tests.factories.kpis import PlanVersionFactory
from tests.rights import FORBIDDEN, only, page, rows


def version(owner):
    return {"pk": PlanVersionFactory(author=owner).pk}


def night(owner):
    return {"pk": NightRun.objects.create(day=date(2026, 11, 1)).pk}


def month(_owner):
    return {"year": 2026, "month": 10}


def reopening(owner):
    return {"pk": ReopenRequest.objects.create(month=date(2026, 10, 1), asked_by=owner).pk}


def closed_to(roles):
    return dict.fromkeys(roles.split(), FORBIDDEN)


RIGHTS = {
    "kpis:plan": page(**only("seller lead head director hr")),
    "kpis:plan_save": page(**only("head", 302), methods="POST"),
    "kpis:plan_fill": page(**only("head", 422), methods="POST"),
    "kpis:plan_approve": rows(
        version, "302 302 302 302", methods="POST", **closed_to("seller lead head hr admin")
    ),
    "kpis:gap": page(**only("seller lead head director")),
    "kpis:months": page(**only("lead head director")),
    "kpis:month": rows(month, **closed_to("seller hr admin")),
    "kpis:month_close": rows(
        month,
        "302 302 302 302",
        methods="POST",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:month_ask": rows(
        month,
        "302 302 302 302",
        methods="POST",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:month_decide": rows(
        reopening,
        "302 302 302 302",
        methods="POST",
        **closed_to("seller lead head hr admin"),
    ),
    "kpis:run_list": page(**only("head director admin")),
    "kpis:run_start": page(**only("head admin", 302), methods="POST"),
    "kpis:run": rows(night, **closed_to("seller lead hr")),
    "kpis:run_retry": rows(
        night, "302 302 302 302", methods="POST", **closed_to("seller lead director hr")
    ),
}
