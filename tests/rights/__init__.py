"""Who gets what from which address: the table that `tests/test_rights_matrix.py` checks.

Each room has a file here with a dictionary RIGHTS from the name of the address to a line made by
`page` (no object in the address) or `rows` (an object of somebody). An address without a line, and a
line without an address, fail the build.

An object belongs in turn to the viewer himself (own), to a seller of team A (team), to a seller of
team B of the same department (foreign), and to a seller of another department (far). The viewers are a
seller and the lead of team A, the head of the department, the director, HR and the administrator; the
stranger who is not logged in is checked against every line too.

    RIGHTS = {
        "tasks:task_list": page("200"),
        "clients:client": rows(client_of, "200 200 200 200", seller="200 404 404 404", hr=NONE),
        "clients:client_change": rows(client_of, ..., methods="GET POST"),
    }
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = ("seller", "lead", "head", "director", "hr", "admin")
COLUMNS = ("own", "team", "foreign", "far")

# For rows: the same answer for every owner.
OPEN, FORBIDDEN, HIDDEN = "200 200 200 200", "403 403 403 403", "404 404 404 404"


@dataclass(frozen=True)
class Line:
    """What each role gets; `make(owner)` gives the arguments of the address for an object of his."""

    statuses: dict[str, tuple[int, ...]]
    make: Callable[[Any], dict[str, Any]] | None = None
    methods: tuple[str, ...] = ("GET",)
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    # What 200 becomes when the form is sent: an empty form may be refused with 422.
    posted: int = 200
    is_public: bool = False

    @property
    def cells(self) -> int:
        """How many answers the line states, the stranger's included."""
        columns = len(COLUMNS) if self.make else 1
        return (len(ROLES) + 1) * columns * len(self.methods)


def page(everyone: str = "200", *, public: bool = False, **rest: Any) -> Line:
    """An address without an object; `seller="403"` and so on differ from `everyone`."""
    return _line(None, everyone, public=public, **rest)


def rows(make: Callable[[Any], dict[str, Any]], everyone: str = OPEN, **rest: Any) -> Line:
    """An address with an object: four answers, for own, team, foreign and far."""
    return _line(make, everyone, **rest)


def _line(
    make: Callable[[Any], dict[str, Any]] | None,
    everyone: str,
    *,
    methods: str = "GET",
    data: dict[str, Any] | None = None,
    query: str = "",
    posted: int = 200,
    public: bool = False,
    **by_role: str,
) -> Line:
    unknown = set(by_role) - set(ROLES)
    if unknown:
        raise ValueError(f"there is no role {unknown}")
    statuses = {role: tuple(map(int, by_role.get(role, everyone).split())) for role in ROLES}
    wanted = len(COLUMNS) if make else 1
    if any(len(answers) != wanted for answers in statuses.values()):
        raise ValueError(f"{wanted} answers are wanted for each role")
    return Line(statuses, make, tuple(methods.split()), data or {}, query, posted, public)


# The scope of work: a seller sees his own, a lead his team's, a head his department's, the director
# and the administrator the company's, HR nobody's.
SCOPE = {
    "seller": "{ok} 404 404 404",
    "lead": "{ok} {ok} 404 404",
    "head": "{ok} {ok} {ok} 404",
    "director": "{ok} {ok} {ok} {ok}",
    "hr": "404 404 404 404",
    "admin": "{ok} {ok} {ok} {ok}",
}


def scoped(ok: int | str = 200, *, closed: str = "hr", **by_role: str) -> dict[str, str]:
    """The scope of work with the answer `ok`; the roles in `closed` lack the permission."""
    answers = {role: text.format(ok=ok) for role, text in SCOPE.items()}
    return answers | dict.fromkeys(closed.split(), FORBIDDEN) | by_role


def only(roles: str, ok: int | str = 200) -> dict[str, str]:
    """A page for `roles`; the others get 403."""
    return {role: str(ok) if role in roles.split() else "403" for role in ROLES}
