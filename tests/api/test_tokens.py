"""Tokens: shown once, kept as a hash, dead at once when expired, revoked or their owner left."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.api.actions import create_token
from apps.api.models import ApiToken
from apps.core.calendars import company_today
from tests.factories.api import bearer
from tests.factories.deals import DealFactory

pytestmark = pytest.mark.django_db

DEALS = "/api/v1/deals/"


def test_a_token_is_shown_once_and_kept_as_a_hash(client, seller):
    client.force_login(seller)
    data = {"name": "1С", "scopes": ["deals:read"], "days": "30"}

    made = client.post(reverse("api:token_list"), data)
    secret = made.context["secret"]

    assert secret in made.content.decode()
    assert secret not in client.get(reverse("api:token_list")).content.decode()
    token = ApiToken.objects.get()
    stored = [str(value) for value in ApiToken.objects.values_list().get()]
    assert not [value for value in stored if secret in value]
    assert token.scopes == ["deals:read"]
    assert client.get(DEALS, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer a b", "Token x", "Bearer \u00e9"]
)
def test_without_a_token_nothing_opens(client, seller, header):
    DealFactory(owner=seller)

    response = client.get(DEALS, HTTP_AUTHORIZATION=header)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(client, head):
    client.force_login(head)

    assert client.get(DEALS).status_code == 401


def test_an_expired_token_is_dead(client, seller):
    """T54"""
    key = bearer(seller)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(DEALS, **key).status_code == 401


def test_a_revoked_token_is_dead(client, seller):
    """T54"""
    key = bearer(seller)
    client.force_login(seller)

    client.post(reverse("api:token_revoke", args=[ApiToken.objects.get().pk]))

    assert client.get(DEALS, **key).status_code == 401


def test_the_token_of_a_dismissed_person_is_dead(client, seller):
    """T54"""
    key = bearer(seller)
    seller.dismissed_on = company_today()
    seller.save()

    assert client.get(DEALS, **key).status_code == 401


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "key"])
def test_a_token_in_the_address_is_refused(client, seller, name):
    """T54"""
    _token, secret = create_token(by=seller, name="x", scopes=["deals:read"], days=1)

    response = client.get(DEALS, {name: secret})

    assert response.status_code == 400
    assert secret not in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_a_token_writes_nothing(client, seller, method):
    """T54"""
    deal = DealFactory(owner=seller, title="как было")
    key = bearer(seller)

    for address in (DEALS, f"{DEALS}{deal.pk}/"):
        response = client.generic(
            method.upper(), address, '{"title": "x"}', content_type="application/json", **key
        )
        assert response.status_code == 405
    deal.refresh_from_db()
    assert (deal.title, deal.version) == ("как было", 1)


def test_a_token_makes_no_token(client, seller):
    """T55"""
    key = bearer(seller, ["clients:read"])
    data = {"name": "сильнее", "scopes": ["deals:read"], "days": "365"}

    response = client.post(reverse("api:token_list"), data, **key)

    assert response.status_code == 302
    assert response.url.startswith(reverse("staff:log_in"))
    assert ApiToken.objects.count() == 1


def test_anothers_token_is_not_revoked(client, seller, teammate):
    bearer(teammate)
    client.force_login(seller)

    assert (
        client.post(reverse("api:token_revoke", args=[ApiToken.objects.get().pk])).status_code
        == 404
    )
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("scopes", "days"),
    [([], 30), (["deals:write"], 30), (["deals:read"], 366), (["deals:read"], 0)],
)
def test_a_token_has_known_scopes_and_an_end(seller, scopes, days):
    with pytest.raises(ValidationError):
        create_token(by=seller, name="x", scopes=scopes, days=days)

    assert not ApiToken.objects.exists()


def test_nobody_has_more_than_twenty(seller):
    for _ in range(20):
        bearer(seller)

    with pytest.raises(ValidationError) as refused:
        bearer(seller)

    assert refused.value.code == "too_many"


def test_no_answer_holds_a_password_or_a_hash(client, head):
    """T57"""
    DealFactory(owner=head)
    key = bearer(head)
    token = ApiToken.objects.get()

    for name in ("client", "contact", "deal", "activity", "receipt", "schedule"):
        text = client.get(reverse(f"api:{name}_list"), **key).content.decode()
        assert head.password not in text
        assert token.digest not in text
        assert "password" not in text


def test_600_requests_a_minute(client, seller, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    from django.core.cache import cache

    key = bearer(seller)
    now = timezone.now().timestamp()
    cache.set(f"api-token:{ApiToken.objects.get().pk}", [now] * 599, 60)

    assert client.get(DEALS, **key).status_code == 200
    assert client.get(DEALS, **key).status_code == 429
