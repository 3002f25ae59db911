"""Who may open which page.

Each room states, in its AppConfig.ready, which roles hold its permissions (`grant`); each view
states which permission opens it (`@requires`). A view with neither `@requires`, `@signed_in` nor
`@public` fails the build: tests/test_routes.py walks all addresses.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_roles_by_permission: dict[str, frozenset[str]] = {}
_roles_with_reason: dict[str, frozenset[str]] = {}


class ReasonDesk(Protocol):
    """Where roles that read only for a stated reason state it (see `grant`)."""

    def refusal(self, request: Any) -> HttpResponse | None:
        """What is answered to a person without a reason; None when he has stated one."""

    def note(self, request: Any) -> None:
        """Write down that the page was shown to him; nothing where he has stated no reason."""


_desks: list[ReasonDesk] = []


def grant(permission: str, *, to: Iterable[str], with_reason: Iterable[str] = ()) -> None:
    """Give `permission` ("room.verb_noun") to the roles `to`; a second call replaces the first.

    Those of them in `with_reason` must first state a reason, and each page they open is logged.
    """
    _roles_by_permission[permission] = frozenset(map(str, to))
    _roles_with_reason[permission] = frozenset(map(str, with_reason))


def open_reason_desk(desk: ReasonDesk) -> None:
    """The room of people brings the desk in its AppConfig.ready."""
    _desks[:] = [desk]


def desk_for(user: Any, permissions: Iterable[str]) -> ReasonDesk | None:
    """The desk, if whatever `user` holds of `permissions` is his for a stated reason only."""
    held = [one for one in permissions if allowed(user, one)]
    asks = held and all(user.role in _roles_with_reason[one] for one in held)
    return _desks[0] if asks and _desks else None


def note_reading(request: HttpRequest) -> None:
    """Log a page without a permission of its own (search, history) that shows business data.

    Rows come with a stated reason only, by `visible_to`; without one nothing is shown or logged.
    """
    if any(request.user.role in roles for roles in _roles_with_reason.values()):  # type: ignore[union-attr]
        for desk in _desks:
            desk.note(request)


def granted() -> dict[str, frozenset[str]]:
    """All stated permissions with their roles, for the rights matrix and its test."""
    return dict(_roles_by_permission)


def allowed(user: Any, permission: str) -> bool:
    """Does `user` hold `permission`? Raises LookupError for a permission nobody stated."""
    if permission not in _roles_by_permission:
        raise LookupError(f"permission {permission!r} was never granted")
    return (
        user.is_authenticated and user.is_active and user.role in _roles_by_permission[permission]
    )


def requires(*permissions: str) -> Callable[[View], View]:
    """Open the view to people who hold any of `permissions`; others get 403."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(allowed(request.user, permission) for permission in permissions):
                raise PermissionDenied
            desk = desk_for(request.user, permissions)
            if desk is None:
                return view(request, *args, **kwargs)
            return with_reason(desk, view, request, *args, **kwargs)

        checked.access = permissions  # type: ignore[attr-defined]
        return checked

    return mark


def with_reason(
    desk: ReasonDesk, view: View, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    """The answer of `view`, noted when it shows something; the desk's where no reason is stated."""
    if refusal := desk.refusal(request):
        return refusal
    response = view(request, *args, **kwargs)
    if response.status_code < 300:
        desk.note(request)
    return response


def signed_in(view: View) -> View:
    """Open the view to everyone who is signed in."""
    view.access = ("signed in",)  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open the view to the world: log-in, password reset, health."""
    view = login_not_required(view)
    view.access = ("public",)  # type: ignore[attr-defined]
    return view
