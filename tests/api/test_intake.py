"""Inquiries from outside: once, with an owner, a source and a consent; programs and floods stay out."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.api.actions import Inquiry, TooOften, receive_inquiry
from apps.api.actions.intake import PER_ADDRESS, PER_FORM
from apps.api.models import Intake, IntakeForm
from apps.api.views import leads
from apps.clients.models import Client, Consent, Contact
from apps.core.calendars import company_today
from apps.core.models import Notification
from apps.deals import lead_owners
from apps.deals.choices import StageKind
from apps.deals.models import Deal
from apps.staff.models import Absence
from tests.factories.api import IntakeFormFactory
from tests.factories.clients import ClientFactory, ContactFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/leads/"
BODIES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "bad_inputs" / "api_bodies.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@pytest.fixture
def form(head):
    return IntakeFormFactory(name="Сайт", allowed_sites=["https://shop.example.com"])


def inquiry(**fields):
    return Inquiry(**{"name": "Пётр", "phone": "8 916 123-45-67", "consent": True} | fields)


def receive(form, key="1", address="10.0.0.1", **fields):
    return receive_inquiry(form, inquiry(**fields), key=key, address=address)


def post(client, form, key="k1", **fields):
    data = {"form": form.key, "name": "Пётр", "phone": "+79161234567", "consent": True} | fields
    return client.post(
        ADDRESS, json.dumps(data), content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_an_inquiry_becomes_a_lead_of_the_head_with_a_client_and_a_consent(form, head):
    deal = receive(form, company="ООО «Ромашка»", email="P@Example.com", comment="Нужен склад").deal

    assert (deal.owner, deal.source, deal.pipeline, deal.note) == (
        head,
        form.source,
        form.pipeline,
        "Нужен склад",
    )
    assert deal.stage.kind == StageKind.LEAD
    assert (deal.client.name, deal.client.kind, deal.client.source) == (
        "ООО «Ромашка»",
        "company",
        form.source,
    )
    assert (deal.contact.name, deal.contact.phone, deal.contact.email) == (
        "Пётр",
        "+79161234567",
        "p@example.com",
    )
    consent = Consent.objects.get()
    assert (
        consent.client,
        consent.contact,
        consent.text,
        consent.text_version,
        consent.given_on,
    ) == (
        deal.client,
        deal.contact,
        form.consent_text,
        "2026-03",
        company_today(),
    )
    assert Notification.objects.get(user=head).kind == "lead_received"


def test_a_person_without_a_company_is_the_client(form):
    deal = receive(form).deal

    assert (deal.client.kind, deal.client.name, deal.client.phone, deal.contact) == (
        "person",
        "Пётр",
        "+79161234567",
        None,
    )


def test_the_same_key_makes_one_lead(form):
    first = receive(form)
    second = receive(form)

    assert first == second
    assert (Deal.objects.count(), Client.objects.count(), Consent.objects.count()) == (1, 1, 1)


def test_the_same_key_with_other_contents_is_refused(form):
    receive(form)

    with pytest.raises(ValidationError) as refused:
        receive(form, comment="другое")

    assert refused.value.code == "key_reused"
    assert Deal.objects.count() == 1


def test_a_known_client_is_not_made_again_and_keeps_its_owner(form, seller):
    known = ClientFactory(owner=seller)
    person = ContactFactory(client=known, phone="+79161234567")

    deal = receive(form).deal

    assert (deal.client, deal.contact, deal.owner) == (known, person, seller)
    assert Client.objects.count() == 1


def test_a_rule_of_a_higher_room_chooses_the_owner(form, seller):
    asked, kept = [], []

    def rule(lead):
        asked.append((lead.name, lead.pipeline, lead.source, lead.client, lead.city))
        return lead_owners.Choice(seller, kept.append)

    lead_owners.offer(rule)
    try:
        deal = receive(form, company="Ромашка", city=" Казань").deal
    finally:
        lead_owners.withdraw(rule)

    assert (deal.owner, deal.client.owner) == (seller, seller)
    assert asked == [("Ромашка", form.pipeline, form.source, None, "Казань")]
    assert kept == [deal]
    assert deal.client.city == "Казань"


def test_while_the_owner_is_away_the_lead_goes_to_the_next_in_turn(form, seller, head):
    known = ClientFactory(owner=seller, phone="+79161234567")
    today = company_today()
    Absence.objects.create(
        user=seller, kind="vacation", starts_on=today, ends_on=today + timedelta(days=1)
    )

    deal = receive(form).deal

    assert (deal.client, deal.owner) == (known, head)
    known.refresh_from_db()
    assert known.owner == seller


def test_a_client_that_nobody_looks_after_gets_the_owner_of_the_lead(form, head):
    known = ClientFactory(owner=None, phone="+79161234567")

    deal = receive(form).deal

    known.refresh_from_db()
    assert (deal.owner, known.owner) == (head, head)
    assert known.owner_changes.get().author is None


def test_without_anybody_to_take_it_nothing_is_made(db):
    form = IntakeFormFactory()

    with pytest.raises(ValidationError) as refused:
        receive(form)

    assert refused.value.code == "no_owner"
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"consent": False}, "consent"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"name": " "}, "name"),
    ],
)
def test_what_is_missing_is_named(form, fields, name):
    with pytest.raises(ValidationError) as refused:
        receive(form, **fields)

    assert list(refused.value.message_dict) == [name]
    assert not Deal.objects.exists()


def test_one_address_brings_so_many_an_hour(form):
    for number in range(PER_ADDRESS):
        Intake.objects.create(
            form=form, key=f"k{number}", body_hash="", address_hash=hashed("10.0.0.1")
        )

    with pytest.raises(TooOften):
        receive(form, address="10.0.0.1")
    assert receive(form, address="10.0.0.2").deal

    Intake.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert receive(form, key="later", address="10.0.0.1").deal


def hashed(address):
    from apps.api.actions.intake import address_hash

    return address_hash(address)


def test_one_form_takes_so_many_an_hour(form):
    Intake.objects.bulk_create(
        Intake(form=form, key=f"k{n}", body_hash="", address_hash=str(n)) for n in range(PER_FORM)
    )

    with pytest.raises(TooOften):
        receive(form)


def test_addresses_are_kept_as_a_hash_only(form):
    receive(form, address="203.0.113.9")

    assert "203.0.113.9" not in str(Intake.objects.values().get())


# --- The endpoint ---------------------------------------------------------------------------


def test_the_endpoint_makes_a_lead_and_tells_nothing_of_ours(client, form):
    ClientFactory(name="Тайный клиент", phone="+79161234567", owner=UserFactory())

    response = post(client, form)

    assert (response.status_code, response.json()) == (201, {"status": "accepted"})
    assert Deal.objects.count() == 1


def test_the_endpoint_repeats_itself(client, form):
    assert [post(client, form).status_code for _ in range(2)] == [201, 201]
    assert post(client, form, comment="другое").status_code == 422
    assert Deal.objects.count() == 1


def test_the_endpoint_says_when_it_is_too_much(client, form):
    Intake.objects.bulk_create(
        Intake(form=form, key=f"k{n}", body_hash="", address_hash="x") for n in range(PER_FORM)
    )

    assert post(client, form, key="new").status_code == 429
    assert not Deal.objects.exists()


def test_a_form_that_is_off_takes_nothing(client, form):
    IntakeForm.objects.update(archived_at=timezone.now())

    assert post(client, form).status_code == 400
    assert client.get(reverse("api:lead_form", args=[form.key])).status_code == 404


def test_a_strange_site_is_not_heard(client, form):
    data = json.dumps({"form": form.key, "name": "Пётр", "phone": "+79161234567", "consent": True})

    answers = [
        client.post(
            ADDRESS, data, content_type="application/json", headers={"Origin": origin}
        ).status_code
        for origin in ("https://evil.example", "https://shop.example.com")
    ]

    assert answers == [403, 201]


@pytest.mark.parametrize("case", BODIES, ids=[one["case"] for one in BODIES])
def test_bad_bodies(client, form, case):
    """T64: The bodies were written for a deal; its title is the name of an inquiry."""
    body = case.get("body")
    if body is None:
        make = case["make"]
        body = make.get("prefix", "") + make["repeat"] * make["times"] + make.get("suffix", "")
    rest = f'"form":"{form.key}","phone":"+79161234567","consent":true,'
    body = body.replace('"title":', f'{rest}"name":', 1)
    before = Deal.objects.count()
    begun = time.process_time()

    response = client.post(ADDRESS, body, content_type="application/json")

    expected = case["status"]
    assert response.status_code in ({expected} if expected else {201, 400})
    assert time.process_time() - begun < 1
    assert isinstance(response.json(), dict)
    assert Deal.objects.count() == before + (response.status_code == 201)


def test_a_long_name_is_refused_by_name(client, form):
    response = post(client, form, name="я" * 256)

    assert (response.status_code, list(response.json())) == (400, ["name"])


def test_text_stays_text(client, form):
    post(client, form, name="{{7*7}}{% debug %}<script>alert(1)</script>")

    assert Client.objects.get().name == "{{7*7}}{% debug %}<script>alert(1)</script>"


# --- The form in a frame --------------------------------------------------------------------


def filled(form, age=10, **fields):
    mark = marked(form, age)
    return {"mark": mark, "name": "Пётр", "phone": "+79161234567", "consent": "on"} | fields


def marked(form, age):
    """A mark made `age` seconds ago."""
    signer = signing.TimestampSigner(salt=f"{leads.SALT}:{form.pk}")
    moment = signing.b62_encode(int(time.time()) - age)
    signed = f"{'f' * 32}:{moment}"
    return f"{signed}:{signer.signature(signed)}"


def test_only_the_allowed_sites_may_show_the_form(client, form):
    response = client.get(reverse("api:lead_form", args=[form.key]))

    assert "frame-ancestors https://shop.example.com" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    other = client.get(reverse("staff:log_in"))
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


def test_without_sites_nobody_shows_it(client, head):
    response = client.get(reverse("api:lead_form", args=[IntakeFormFactory().key]))

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_the_form_makes_a_lead_without_cookies(form):
    from django.test import Client as Browser

    browser = Browser(enforce_csrf_checks=True)
    address = reverse("api:lead_form", args=[form.key])

    response = browser.post(address, filled(form))

    assert response.templates[0].name == "api/lead_thanks.html"
    assert Deal.objects.get().client.phone == "+79161234567"


def test_sending_the_page_twice_makes_one_lead(client, form):
    address, data = reverse("api:lead_form", args=[form.key]), filled(form)
    for _ in range(2):
        client.post(address, data)

    assert Deal.objects.count() == 1


@pytest.mark.parametrize("fields", [{"website": "http://spam.example"}, {"mark": None}])
def test_the_trap_says_thank_you_and_keeps_nothing(client, form, fields):
    """Filled in what nobody sees, or filled in within a second."""
    data = filled(form, age=1 if "mark" in fields else 10)
    data |= {name: value for name, value in fields.items() if value}

    response = client.post(reverse("api:lead_form", args=[form.key]), data)

    assert response.templates[0].name == "api/lead_thanks.html"
    assert not Deal.objects.exists()
    assert Intake.objects.get().deal is None


@pytest.mark.parametrize("mark", ["", "x", "old", "of another form"])
def test_a_mark_that_is_not_ours_asks_to_send_again(client, form, mark):
    if mark == "old":
        mark = marked(form, 25 * 3600)
    elif mark == "of another form":
        mark = marked(IntakeFormFactory(), 10)

    response = client.post(reverse("api:lead_form", args=[form.key]), filled(form) | {"mark": mark})

    assert response.status_code == 422
    assert not Deal.objects.exists()
    assert leads.read_mark(response.context["form"].data["mark"], form)


def test_without_the_consent_the_form_says_so(client, form):
    data = filled(form)
    del data["consent"]

    response = client.post(reverse("api:lead_form", args=[form.key]), data)

    assert "consent" in response.context["form"].errors
    assert not Deal.objects.exists()


# --- Settings -------------------------------------------------------------------------------


def test_the_head_sets_a_form_up(client, head, form):
    client.force_login(head)
    data = {
        "name": "Лендинг",
        "source": form.source_id,
        "pipeline": form.pipeline_id,
        "allowed_sites": "https://Example.com/\nhttps://example.com",
        "consent_text": "Согласен",
        "consent_version": "1",
    }

    client.post(reverse("api:intake_create"), data)
    made = IntakeForm.objects.get(name="Лендинг")

    assert made.allowed_sites == ["https://example.com"]
    page = client.get(reverse("api:intake_list")).content.decode()
    assert f"/lead-form/{made.key}/" in page


@pytest.mark.parametrize(
    "site",
    [
        "example.com",
        "https://a.example/path",
        "https://*",
        "https://x; script-src *",
        "javascript:1",
    ],
)
def test_a_site_is_an_origin_and_nothing_else(client, head, form, site):
    client.force_login(head)
    data = {
        "name": "x",
        "source": form.source_id,
        "pipeline": form.pipeline_id,
        "allowed_sites": site,
        "consent_text": "x",
        "consent_version": "1",
    }

    response = client.post(reverse("api:intake_create"), data)

    assert "allowed_sites" in response.context["form"].errors
    assert IntakeForm.objects.count() == 1


def test_a_changed_text_needs_a_new_version(client, head, form):
    client.force_login(head)
    data = {
        "name": "x",
        "source": form.source_id,
        "pipeline": form.pipeline_id,
        "consent_text": "другой",
        "consent_version": form.consent_version,
        "version": 1,
    }

    response = client.post(reverse("api:intake_edit", args=[form.pk]), data)

    assert "consent_version" in response.context["form"].errors
    form.refresh_from_db()
    assert form.consent_text == "Согласен на обработку персональных данных."


def test_contacts_of_other_clients_are_left_alone(form, seller):
    ContactFactory(client=ClientFactory(owner=seller), phone="+79990000000")

    receive(form)

    assert Contact.objects.count() == 1
