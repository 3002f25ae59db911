"""Every address of the product with the view behind it."""

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """`name` is "room:page", "" for an address without a name; `view` the function behind it."""

    name: str
    path: str
    view: Any


def addresses() -> list[Address]:
    """All of them but the admin panel's, which has rules of its own."""
    return [one for one in walk(get_resolver(), "", "") if not one.name.startswith("admin:")]


def admin_addresses() -> list[Address]:
    return [one for one in walk(get_resolver(), "", "") if one.name.startswith("admin:")]


def walk(resolver: URLResolver, namespace: str, path: str) -> list[Address]:
    found = []
    for pattern in resolver.url_patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            found += walk(pattern, inner, here)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name or namespace == "admin:" else ""
            found.append(Address(name, here, pattern.callback))
    return found
