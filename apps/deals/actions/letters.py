"""Letters become activities of the people who wrote or received them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.deals import rules
from apps.deals.actions.measured import Measured, known_keys, record_measured
from apps.deals.choices import ActivityKind, LetterFate
from apps.deals.mail.reading import Letter
from apps.deals.measured import Party, parties_by
from apps.deals.models import Activity
from apps.staff.models import User

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Fated:
    """A letter and what became of it."""

    letter: Letter
    fate: LetterFate
    activity: Activity | None = None


@transaction.atomic
def log_letters(letters: Sequence[Letter], *, by: User) -> list[Fated]:
    """Keep letters between our people and clients that `by` sees, each once; one answer a letter.

    The person is the sender, if he is one of ours, else the receiver who is; a letter of strangers
    to each other belongs to nobody. Raises PermissionDenied.
    """
    if by.role not in rules.SELLING:
        raise PermissionDenied
    ours = people_by_address(by)
    theirs = parties_by("email", every_address(letters) - set(ours), by=by)
    entries = {letter.key: measured(letter, ours, theirs) for letter in letters}
    plans = [entry for entry in entries.values() if isinstance(entry, Measured)]
    known = known_keys(entry.key for entry in plans)
    kept = record_measured(plans)
    return [fated(letter, entries[letter.key], known, kept) for letter in letters]


def people_by_address(by: User) -> dict[str, int]:
    people = User.objects.work_visible_to(by).exclude(email=None)
    return {email.lower(): pk for email, pk in people.values_list("email", "pk")}


def every_address(letters: Iterable[Letter]) -> set[str]:
    return {address for one in letters for address in (one.sender, *one.receivers)}


def measured(
    letter: Letter, ours: dict[str, int], theirs: dict[str, list[Party]]
) -> Measured | LetterFate:
    if letter.at > timezone.now() + CLOCKS_DIFFER:
        return LetterFate.FUTURE
    sides = (letter.sender, *letter.receivers)
    person = next((ours[side] for side in sides if side in ours), None)
    if person is None:
        return LetterFate.NOT_OURS
    found = {party for side in sides for party in theirs.get(side, ())}
    clients = {party.client_id for party in found}
    if len(clients) != 1:
        return LetterFate.SEVERAL_CLIENTS if clients else LetterFate.NO_CLIENT
    party = next((one for one in found if one.contact_id), None) or found.pop()
    text = "\n".join(filter(None, (letter.subject, letter.text)))
    return Measured(f"mail:{letter.key}", ActivityKind.EMAIL, person, party, letter.at, text=text)


def fated(
    letter: Letter, entry: Measured | LetterFate, known: set[str], kept: dict[str, Activity]
) -> Fated:
    if isinstance(entry, LetterFate):
        return Fated(letter, entry)
    fate = LetterFate.KNOWN if entry.key in known else LetterFate.KEPT
    return Fated(letter, fate, kept[entry.key])
