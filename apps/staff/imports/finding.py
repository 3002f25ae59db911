"""Finding the person that a cell names, and asking whether work may be given to him."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.core.importing.messages import explain
from apps.core.importing.problems import Problem, shown
from apps.core.importing.references import References, fold
from apps.staff.models import User

explain(
    unknown_manager=(
        _("There is no such person. Known ones like it: %(alike)s."),
        _("Correct the name or e-mail, or say at the check who is meant."),
    ),
    inactive_manager=(_("This person no longer works here."), _("Name someone else.")),
    ambiguous_manager=(_("Several people have this name."), _("Write the e-mail instead.")),
)


class PeopleNames:
    """All people by e-mail and by name, and which of them `viewer` may give work to."""

    def __init__(self, viewer: User, substitutes: Mapping[str, str] | None = None):
        self._viewer = viewer
        self._allowed = set(User.objects.work_visible_to(viewer).values_list("pk", flat=True)) | {
            viewer.pk
        }
        people = list(User.objects.card_visible_to(viewer).order_by("dismissed_on", "pk"))
        names = [(name, person) for person in people for name in names_of(person)]
        self._namesakes = _namesakes(names)
        self._references = References("manager", names, substitutes=substitutes)

    def find(self, name: str) -> User | Problem:
        """The person, or why he cannot be taken: unknown, dismissed, not in the viewer's teams."""
        if fold(name) in self._namesakes:
            return Problem("ambiguous_manager", "manager", shown(name))
        person = self._references.find(name)
        if person is None:
            return self._references.unknown(name)
        if person.dismissed_on is not None:
            return Problem("inactive_manager", "manager", shown(name))
        if person.pk not in self._allowed:
            return Problem("not_allowed", "manager", shown(name))
        return person

    def names(self) -> list[str]:
        """The people to choose from when a name is matched by hand."""
        chosen = User.objects.filter(pk__in=self._allowed).working().in_name_order()
        return [person.email or person.get_full_name() for person in chosen]


def names_of(person: User) -> list[str]:
    """How files write a person: e-mail, "Anna Snelling", "Snelling Anna", with the patronymic."""
    first, middle, last = person.first_name, person.middle_name, person.last_name
    names = [f"{first} {last}", f"{last} {first}"]
    if middle:
        names += [f"{last} {first} {middle}", f"{first} {middle} {last}"]
    return [name.strip() for name in ([person.email] if person.email else []) + names]


def _namesakes(names: list[tuple[str, User]]) -> set[str]:
    """Names that two working people share: a file cannot mean one of them."""
    owners: dict[str, set[int]] = {}
    for name, person in names:
        if person.dismissed_on is None:
            owners.setdefault(fold(name), set()).add(person.pk)
    return {name for name, people in owners.items() if len(people) > 1}
