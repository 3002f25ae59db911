"""Every address states who may open it, and which methods it answers."""

import inspect

import pytest
from django.urls import reverse

from apps.core.access import granted
from apps.staff.choices import Role
from tests.routes import addresses, admin_addresses

ALL = addresses()


@pytest.mark.parametrize("address", ALL, ids=lambda one: one.path)
def test_a_view_states_who_may_open_it(address):
    access = getattr(address.view, "access", None)

    assert access, f"{address.path} has neither @requires, @signed_in nor @public"
    if access not in (("public",), ("signed in",)):
        assert set(access) <= set(granted()), f"{address.path} asks for an unknown permission"


@pytest.mark.parametrize("address", ALL, ids=lambda one: one.path)
def test_an_address_has_a_name_and_a_function(address):
    assert address.name, f"{address.path} has no name"
    assert inspect.isfunction(address.view), f"{address.path} is not served by a function"


def test_names_are_unique():
    names = [address.name for address in ALL]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("address", ALL, ids=lambda one: one.path)
def test_a_strange_method_is_refused(address, client, admin):
    """TRACE and PUT reach no view; a method in the form or a header changes nothing."""
    path = "/" + address.path.replace("<int:pk>", "1")
    if "<" in path:
        path = path.split("<")[0] + "1/"
    client.force_login(admin)

    assert client.trace(path).status_code in (404, 405)
    assert client.put(path).status_code in (404, 405)


def test_permissions_are_held_by_known_roles():
    for permission, roles in granted().items():
        assert roles, f"nobody holds {permission}"
        assert roles <= set(Role.values), f"{permission} names a role that does not exist"


@pytest.mark.parametrize("role", ["seller", "lead", "head", "director"])
def test_the_admin_panel_is_closed_to_those_who_sell(role, request, client):
    client.force_login(request.getfixturevalue(role))
    open_to_all = []

    for address in admin_addresses():
        if "<" in address.path or "(" in address.path:
            continue
        response = client.get(f"/{address.path}")
        if response.status_code not in (302, 404):
            open_to_all.append((address.path, response.status_code))
        elif response.status_code == 302:
            assert not response.url.startswith("/admin/staff/"), address.path

    assert open_to_all == [("admin/jsi18n/", 200)] or open_to_all == []
    assert client.get(reverse("admin:staff_user_changelist")).status_code == 302
