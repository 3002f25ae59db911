"""Fragments of higher rooms on the pages of lower ones: filled in AppConfig.ready.

    add_panel(Panel("clients.client", "tasks", order=40, permission="tasks.view_task",
                    label=_("Tasks"), address=lambda client: reverse("tasks:subject_panel", ...)))

A page shows them by `{% load panels %}{% panels "clients.client" client %}`; each one is fetched by
its own request, which checks what the person may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.core.access import allowed


@dataclass(frozen=True)
class Panel:
    """A fragment of `page` ("deals.deal", "clients.client", "staff.person").

    `address(obj)` is where the fragment for the object of the page comes from; `label` is lazy.
    """

    page: str
    name: str
    order: int
    permission: str
    label: Any
    address: Callable[[Any], str]


@dataclass(frozen=True)
class ShownPanel:
    name: str
    label: Any
    address: str


_panels: dict[tuple[str, str], Panel] = {}


def add_panel(panel: Panel) -> None:
    """Offer `panel` on its page; a second one of the same name replaces the first."""
    _panels[panel.page, panel.name] = panel


def panels_of(page: str, obj: Any, user: Any) -> list[ShownPanel]:
    """The panels of `page` for `obj` that `user` may open, from the top."""
    seen = [
        panel
        for panel in _panels.values()
        if panel.page == page and allowed(user, panel.permission)
    ]
    return [
        ShownPanel(panel.name, panel.label, panel.address(obj))
        for panel in sorted(seen, key=lambda panel: panel.order)
    ]
