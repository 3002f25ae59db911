"""Every fragment that a page fetches: without scripts its heading leads to a page that stands by itself."""

import pytest

from apps.core.calendars import company_today
from apps.core.panels import panels_of
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db


def objects(seller, department):
    client = ClientFactory(owner=seller)
    return {
        "deals.deal": DealFactory(owner=seller, client=client, opened_on=company_today()),
        "clients.client": client,
        "deals.debtors": seller,
        "dashboard.my_day": seller,
        "dashboard.department": department,
        "staff.person": seller,
    }


def test_each_panel_is_a_page_without_scripts_and_a_fragment_with_them(
    client, seller, head, department
):
    seen, bare, whole = set(), [], []
    for viewer in (seller, head):
        client.force_login(viewer)
        for page, obj in objects(seller, department).items():
            for panel in panels_of(page, obj, viewer):
                seen.add((page, panel.name))
                alone = client.get(panel.address, follow=True)
                fetched = client.get(panel.address, headers={"HX-Request": "true"})
                assert (alone.status_code, fetched.status_code) in {(200, 200), (200, 204)}
                if "<html" not in alone.content.decode() or "<h1" not in alone.content.decode():
                    bare.append((page, panel.name))
                if "<html" in fetched.content.decode():
                    whole.append((page, panel.name))

    assert len(seen) >= 17
    assert (bare, whole) == ([], [])
