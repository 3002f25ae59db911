"""Who may open which page.

Each room states, in its AppConfig.ready, which roles hold its permissions (`grant`); each view
states which permission opens it (`@requires`). A view with neither `@requires`, `@signed_in` nor
`@public` fails the build: tests/test_routes.py walks all addresses.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_roles_by_permission: dict[str, frozenset[str]] = {}


def grant(permission: str, *, to: Iterable[str]) -> None:
    """Give `permission` ("room.verb_noun") to the roles `to`; a second call replaces the first."""
    _roles_by_permission[permission] = frozenset(map(str, to))


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
            return view(request, *args, **kwargs)

        checked.access = permissions  # type: ignore[attr-defined]
        return checked

    return mark


def signed_in(view: View) -> View:
    """Open the view to everyone who is signed in."""
    view.access = ("signed in",)  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open the view to the world: log-in, password reset, health."""
    view = login_not_required(view)
    view.access = ("public",)  # type: ignore[attr-defined]
    return view
