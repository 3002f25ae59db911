"""Fragments of this room on the page of a client that are fetched by requests of their own."""

from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.panels import Panel, add_panel


def add_panels() -> None:
    for name, label, order in (
        ("consents", _("Consents"), 60),
        ("merges", _("Merged duplicates"), 70),
    ):
        add_panel(
            Panel(
                page="clients.client",
                name=name,
                order=order,
                permission="clients.view_client",
                label=label,
                address=partial(panel_address, name),
            )
        )


def panel_address(name: str, client: Any) -> str:
    return reverse(f"clients:client_{name}", args=[client.pk])
