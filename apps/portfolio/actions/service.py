"""Norms of service: set by the head, counted each night."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.core.access import allowed
from apps.core.versions import Conflict, save_version
from apps.portfolio.choices import SERVED, NormPeriod
from apps.portfolio.models import SegmentRules, SegmentRun, ServiceNorm
from apps.staff.models import User

# Touches of a client are what people did about him or about his deals; notes are none. Nearly all
# name the client themselves: the few others are looked up apart, so that nobody joins all deals.
TOUCH = """kind <> 'note' AND activity.reversal_of_id IS NULL AND happened_on <= %(day)s
        AND {standing}"""
# Of all activities the struck out ones are gathered once; those of some clients are looked up.
STANDING = """activity.id NOT IN (
            SELECT reversal_of_id FROM deals_activity WHERE reversal_of_id IS NOT NULL)"""
STANDING_OF_SOME = """NOT EXISTS (
            SELECT FROM deals_activity struck WHERE struck.reversal_of_id = activity.id)"""
WITHIN = ",\n        ".join(
    f"count(*) FILTER (WHERE happened_on > %(day)s::date - {days}) AS in_{days}"
    for days in NormPeriod.values
)
IN_TIME = " ".join(f"WHEN {days} THEN counted.in_{days}" for days in NormPeriod.values)
# The clients of the latest segmentation whose class has a norm.
SERVED_NOW = """
WITH norm (abc, touches, days) AS (
    SELECT * FROM unnest(%(abcs)s::text[], %(asked)s::int[], %(periods)s::int[])
), served AS (
    SELECT segment.client_id, norm.abc, norm.touches AS norm, norm.days
    FROM portfolio_clientsegment segment
    JOIN norm ON norm.abc = segment.abc AND norm.touches > 0
    JOIN clients_client client ON client.id = segment.client_id AND client.archived_at IS NULL
    WHERE segment.run_id = %(run)s
)"""
STATES = f"""{SERVED_NOW}, touch AS (
    SELECT client_id, happened_on FROM deals_activity activity
    WHERE {TOUCH} AND {{about:client_id}}
    UNION ALL
    SELECT deal.client_id, happened_on
    FROM deals_activity activity JOIN deals_deal deal ON deal.id = activity.deal_id
    WHERE {TOUCH} AND activity.client_id IS NULL AND {{about:deal.client_id}}
), counted AS (
    SELECT client_id, max(happened_on) AS last_on,
        {WITHIN}
    FROM touch GROUP BY 1
)
INSERT INTO portfolio_servicestate (client_id, abc, norm, days, touches, touches_30, last_on, day)
SELECT served.client_id, served.abc, served.norm, served.days,
    coalesce(CASE served.days {IN_TIME} END, 0), coalesce(counted.in_{NormPeriod.MONTH}, 0),
    counted.last_on, %(day)s
FROM served LEFT JOIN counted USING (client_id) WHERE {{about:served.client_id}}
"""  # noqa: S608 - of numbers of our own

# Room for the numbers of the reversed activities; compiling would take longer than it saves.
TUNED = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"


@transaction.atomic
def count_service(day: date, *, clients: list[int] | None = None) -> int:
    """Hold every client of a class with a norm against it, as of the end of `day`; how many.

    The counts of the day before are replaced, of all or of these `clients`. 0 before the first
    segmentation.
    """
    run = SegmentRun.objects.latest_run()
    if run is None:
        return 0
    values = {**norm_values(run), "day": day, "clients": clients}
    with connection.cursor() as cursor:
        cursor.execute(TUNED)
        cursor.execute("LOCK TABLE portfolio_servicestate IN SHARE ROW EXCLUSIVE MODE")
        outdated = "DELETE FROM portfolio_servicestate WHERE {about:client_id}"
        cursor.execute(_about(outdated, clients), values)
        cursor.execute(_about(STATES, clients), values)
        return cursor.rowcount


def _about(sql: str, clients: list[int] | None) -> str:
    """Each {about:column} as a condition: the column names one of `clients`, or anybody."""
    if clients is None:
        condition, standing = r"\1 IS NOT NULL", STANDING
    else:
        condition, standing = r"\1 = ANY(%(clients)s)", STANDING_OF_SOME
    return re.sub(r"\{about:([\w.]+)\}", condition, sql.replace("{standing}", standing))


def norm_values(run: SegmentRun) -> dict[str, Any]:
    norms = ServiceNorm.all_norms()
    return {
        "run": run.pk,
        "abcs": [norm.abc for norm in norms],
        "asked": [norm.touches for norm in norms],
        "periods": [norm.days for norm in norms],
    }


@transaction.atomic
def set_norm(*, by: User, abc: str, touches: int, days: int, expected_version: int) -> ServiceNorm:
    """Ask for `touches` in `days` of every client of the class, and count the base anew.

    Raises PermissionDenied, ValidationError by field, Conflict when somebody was quicker.
    `expected_version` is 0 while the class has no norm of its own yet.
    """
    if not allowed(by, "portfolio.change_rules"):
        raise PermissionDenied
    if abc not in SERVED:
        raise ValidationError(_("This class has no norm."), code="no_norm")
    norm = ServiceNorm.objects.filter(abc=abc).first() or ServiceNorm(abc=abc)
    norm.touches, norm.days = touches, days
    norm.clean_fields(exclude=["abc"])
    save_rules(norm, expected=expected_version, fields=["touches", "days"])
    recount_service()
    return norm


def recount_service() -> None:
    """After a change of the norms, as of the day that was counted last."""
    from_run = SegmentRun.objects.latest_run()
    if from_run is not None:
        count_service(last_counted_day(from_run))


def last_counted_day(run: SegmentRun) -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(day) FROM portfolio_servicestate")
        return cursor.fetchone()[0] or run.day


@transaction.atomic
def change_rules(*, by: User, expected_version: int, **fields: Any) -> SegmentRules:
    """Set the thresholds of the next run; runs that were made keep theirs.

    Raises PermissionDenied, ValidationError, Conflict when somebody was quicker.
    `expected_version` is 0 before the first change.
    """
    if not allowed(by, "portfolio.change_rules"):
        raise PermissionDenied
    rules = SegmentRules.current()
    for name, value in fields.items():
        setattr(rules, name, value)
    rules.full_clean(validate_unique=False)
    save_rules(rules, expected=expected_version, fields=list(fields))
    return rules


def save_rules(row: Any, *, expected: int, fields: list[str]) -> None:
    """Save a row that may not be there yet; the second of two first savers gets Conflict."""
    if expected:
        save_version(row, expected=expected, fields=fields)
        return
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(type(row).objects.get(pk=row.pk) if row.pk else None) from taken
