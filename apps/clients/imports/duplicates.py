"""Rows and known clients that are likely the same: by INN, phone and e-mail exactly, by name alike."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from apps.clients.calculations import bare_name
from apps.clients.models import Client
from apps.core.importing.problems import shown
from apps.core.importing.specs import CleanRow, DuplicateGroup
from apps.staff.models import User

_ALIKE_FROM = 90
_MAX_COMPARED = 5000


def likely_duplicates(author: User, rows: Iterable[CleanRow]) -> list[DuplicateGroup]:
    """Groups with their reason; only clients that `author` may see are named."""
    sharing: dict[tuple[str, str], list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    codes = set()
    for row in rows:
        label = _("line %(line)s: %(name)s") % {
            "line": row.line,
            "name": shown(row.values["client"]),
        }
        codes.add(row.key)
        for what in ("inn", "phone", "email"):
            if value := row.values.get(what):
                sharing[what, value].append(label)
        names[bare_name(row.values["client"])].append(label)
    _add_known(author, codes, sharing, names)
    return [*_sharing_groups(sharing), *_alike_groups(names)]


def _add_known(author, codes, sharing, names) -> None:
    """Add clients of the base to the groups that a row started; the row's own client is no double."""
    seen = Client.objects.kept().visible_to(author).exclude(external_id__in=codes)
    for name, inn, phone, email in seen.values_list("name", "inn", "phone", "email").iterator():
        label = _("in the base: %(name)s") % {"name": shown(name)}
        for key in (("inn", inn), ("phone", phone), ("email", email)):
            if key in sharing:
                sharing[key].append(label)
        if (bare := bare_name(name)) in names:
            names[bare].append(label)


def _sharing_groups(sharing: dict[tuple[str, str], list[str]]) -> list[DuplicateGroup]:
    reasons = {"inn": _("same INN"), "phone": _("same phone"), "email": _("same e-mail")}
    return [
        DuplicateGroup(reasons[what], value, tuple(members))
        for (what, value), members in sharing.items()
        if len(members) > 1
    ]


def _alike_groups(names: dict[str, list[str]]) -> list[DuplicateGroup]:
    """Equal bare names, and nearly equal ones while their number allows comparing all with all."""
    groups = [
        DuplicateGroup(_("alike name"), bare, tuple(members))
        for bare, members in names.items()
        if bare and len(members) > 1
    ]
    if len(names) > _MAX_COMPARED:
        return groups
    bare_names = [name for name in names if len(name) > 4]
    done: set[str] = set()
    for name in bare_names:
        if name in done:
            continue
        near = process.extract(
            name, bare_names, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE_FROM, limit=10
        )
        alike = [found for found, _score, _index in near]
        done.update(alike)
        if len(alike) > 1:
            members = [member for found in alike for member in names[found]]
            groups.append(DuplicateGroup(_("alike name"), name, tuple(members)))
    return groups


def alike_names(author: User, names: Iterable[str]) -> list[DuplicateGroup]:
    """Different spellings of what is likely one company, among `names` and the clients in sight."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in names:
        spellings[bare_name(name)].add(shown(name))
    known = Client.objects.kept().visible_to(author).values_list("name", flat=True)
    for name in known.iterator():
        if (bare := bare_name(name)) in spellings:
            spellings[bare].add(shown(name))
    return [
        DuplicateGroup(_("alike name"), bare, tuple(sorted(written)))
        for bare, written in spellings.items()
        if bare and len(written) > 1
    ]
