"""Plans and the nightly calculation."""

from datetime import date

from apps.core.calendars import company_today
from apps.kpis.models import NightRun, ReopenRequest
from tests.factories.contests import contest_of
from tests.factories.decisions import DecisionFactory
from tests.factories.kpis import PlanVersionFactory
from tests.factories.staff import UserFactory
from tests.rights import FORBIDDEN, only, page, rows, scoped


def version(owner):
    return {"pk": PlanVersionFactory(author=owner).pk}


def of_another(owner):
    """A version that `owner` has not written: nobody answers his own."""
    return {"pk": PlanVersionFactory(author=UserFactory()).pk}


def night(owner):
    return {"pk": NightRun.objects.create(day=date(2026, 11, 1)).pk}


def decision(owner):
    """About him, made by somebody else."""
    return {"pk": DecisionFactory(people=[owner]).pk}


def own_decision(owner):
    return {"pk": DecisionFactory(author=owner, people=[owner]).pk}


def draft(owner):
    return {"pk": contest_of(owner).pk}


def contest(owner):
    """He takes part in it with a colleague of his team."""
    return {"pk": contest_of(owner, is_launched=True).pk}


def person(owner):
    return {"pk": owner.pk}


def expected(owner):
    """Of the running month."""
    today = company_today()
    return {"pk": owner.pk, "year": today.year, "month": today.month}


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
    "kpis:plan_version": rows(version, **closed_to("seller lead admin")),
    "kpis:plan_evidence": rows(version, **closed_to("seller lead hr admin")),
    "kpis:plan_submit": rows(
        version,
        "422 422 422 422",
        methods="POST",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:plan_withdraw": rows(
        version,
        "302 302 302 302",
        methods="POST",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:plan_approve": rows(
        of_another, "302 302 302 302", methods="POST", **closed_to("seller lead head hr admin")
    ),
    "kpis:plan_return": rows(
        of_another, "302 302 302 302", methods="POST", **closed_to("seller lead head hr admin")
    ),
    "kpis:plan_comment": rows(
        version, "422 422 422 422", methods="POST", **closed_to("seller lead hr admin")
    ),
    "kpis:plan_file": rows(version, **closed_to("seller lead admin")),
    "kpis:plan_layout": page(**only("head")),
    "kpis:plan_import": page(**only("head"), methods="GET POST", posted=422),
    "kpis:plan_import_save": page(**only("head", 302), methods="POST"),
    "kpis:plan_parts": page(**only("head director")),
    "kpis:plan_parts_save": page(**only("head", 422), methods="POST"),
    "kpis:plan_offer": rows(
        expected,
        methods="GET POST",
        posted=422,
        **scoped(closed="head director hr admin"),
    ),
    "kpis:plan_month": page(**only("seller lead head director")),
    "kpis:gap": page(**only("seller lead head director")),
    "kpis:metrics": page(**only("seller lead head director")),
    "kpis:metric": rows(lambda owner: {"code": "revenue"}, **closed_to("hr admin")),
    "kpis:contests": page(**only("seller lead head director")),
    "kpis:contest_create": page(**only("head"), methods="GET POST", posted=422),
    "kpis:contest": rows(contest, **scoped(closed="hr admin")),
    "kpis:contest_change": rows(
        draft,
        methods="GET POST",
        posted=422,
        head="200 200 200 404",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:contest_launch": rows(
        draft,
        methods="POST",
        head="302 302 302 404",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:contest_drop": rows(
        draft,
        methods="POST",
        head="302 302 302 404",
        **closed_to("seller lead director hr admin"),
    ),
    "kpis:medals": rows(person, **closed_to("hr admin")),
    "kpis:decisions": page(**only("lead head director")),
    "kpis:decision_create": page(**only("head"), methods="GET POST", posted=422),
    "kpis:decision": rows(decision, **scoped(closed="seller hr admin")),
    "kpis:decision_note": rows(
        own_decision,
        methods="GET POST",
        posted=422,
        head="200 404 404 404",
        **closed_to("seller lead director hr admin"),
    ),
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
