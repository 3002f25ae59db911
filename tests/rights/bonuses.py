"""Bonuses: pay is seen by the person, the head of his department, the director and HR; by no lead."""

from datetime import date

from tests.factories.bonuses import (
    BackTestFactory,
    BonusSchemeFactory,
    DisputeFactory,
    SchemeVersionFactory,
    StatementFactory,
)
from tests.factories.deals import DealFactory
from tests.rights import FORBIDDEN, only, page, rows, scoped

MONTH = "?month=2026-03-01"
# Own only for sellers and leads; a head sees his department.
PAY = {
    "seller": "200 404 404 404",
    "lead": "200 404 404 404",
    "head": "200 200 200 404",
    "director": "200 200 200 200",
    "hr": "200 200 200 200",
    "admin": FORBIDDEN,
}


def statement(owner):
    return {"pk": StatementFactory(person=owner, month=date(2026, 3, 1)).pk}


def dispute(owner):
    return {"pk": DisputeFactory(statement__person=owner).pk}


def deal(owner):
    return {"pk": DealFactory(owner=owner).pk}


def scheme(owner):
    """Of one person; written by nobody who looks."""
    return {"pk": BonusSchemeFactory(role="", user=owner).pk}


def version(owner):
    return {"pk": SchemeVersionFactory(scheme__role="", scheme__user=owner).pk}


def back_test(owner):
    return {"pk": BackTestFactory(version__scheme__role="", version__scheme__user=owner).pk}


def closed_to(roles):
    return dict.fromkeys(roles.split(), FORBIDDEN)


SCHEMES = {
    **closed_to("seller lead admin"),
    "head": "200 200 200 404",
    "director": "200 200 200 200",
    "hr": "200 200 200 200",
}
ASKS = {**PAY, **closed_to("director hr")}

RIGHTS = {
    "bonuses:statement_list": page(**only("seller lead head director hr")),
    "bonuses:statement": rows(statement, **PAY),
    "bonuses:statement_export": rows(statement, **PAY),
    # T17: his own is closed to the director himself.
    "bonuses:statement_approve": rows(
        statement,
        methods="GET POST",
        posted=302,
        director="403 200 200 200",
        **closed_to("seller lead head hr admin"),
    ),
    "bonuses:what_if": rows(statement, **ASKS),
    # Others' statements are seen by the head, but only the person himself asks.
    "bonuses:dispute_create": rows(
        statement,
        methods="GET POST",
        posted=422,
        **{**ASKS, "head": "200 403 403 404"},
    ),
    "bonuses:month_approve": page(query=MONTH, **only("director")),
    "bonuses:month_pay": page(query=MONTH, methods="GET POST", posted=302, **only("director hr")),
    "bonuses:payroll_export": page(query=MONTH, **only("director hr")),
    "bonuses:dispute": rows(dispute, **PAY),
    "bonuses:dispute_answer": rows(dispute, methods="POST", posted=422, **PAY),
    "bonuses:dispute_accept": rows(
        dispute,
        methods="GET POST",
        posted=422,
        head="403 200 200 404",
        director="403 200 200 200",
        **closed_to("seller lead hr admin"),
    ),
    "bonuses:dispute_decline": rows(
        dispute,
        methods="GET POST",
        posted=422,
        head="403 200 200 404",
        director="403 200 200 200",
        **closed_to("seller lead hr admin"),
    ),
    "bonuses:deal_panel": rows(deal, **scoped(closed="hr admin director")),
    "bonuses:scheme_list": page(**only("head director hr")),
    "bonuses:scheme_create": page(methods="GET POST", posted=422, **only("head")),
    "bonuses:scheme": rows(scheme, **SCHEMES),
    "bonuses:version_create": rows(
        scheme, methods="GET POST", posted=422, **{**SCHEMES, **closed_to("director hr")}
    ),
    "bonuses:version": rows(version, **SCHEMES),
    "bonuses:back_test": rows(back_test, **SCHEMES),
    "bonuses:back_test_start": rows(
        version,
        methods="POST",
        posted=302,
        **{**SCHEMES, "hr": FORBIDDEN},
    ),
    "bonuses:version_start": rows(
        version,
        methods="GET POST",
        posted=422,
        **{**SCHEMES, **closed_to("head hr")},
    ),
}
