"""Tokens: made, shown once, used, revoked."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.api.choices import Scope
from apps.api.models import ApiToken
from apps.staff.models import User

MARK = "sd_"
LONGEST_DAYS = 365
MOST_TOKENS = 20
TOUCH_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_token(*, by: User, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """A token of `by` with its secret, which is told this once.

    Raises ValidationError "scopes", "days" (1..365) and "too_many".
    """
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(Scope.values):
        raise ValidationError({"scopes": ValidationError(_("Choose what it may."), "scopes")})
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": ValidationError(_("From 1 to 365 days."), "days")})
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if ApiToken.objects.valid().filter(owner=by).count() >= MOST_TOKENS:
        raise ValidationError(_("There are too many tokens. Revoke some."), "too_many")
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        owner=by,
        name=name.strip(),
        prefix=secret[: len(MARK) + 5],
        digest=digest_of(secret),
        scopes=wanted,
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.clean_fields(exclude=["owner"])
    token.save()
    return token, secret


def revoke_token(token: ApiToken, *, by: User) -> ApiToken:
    """The token is dead from its next use on; twice is once. PermissionDenied for another's."""
    if token.owner_id != by.pk:
        raise PermissionDenied
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
    return token


def use_token(secret: str) -> ApiToken | None:
    """The valid token of a person who still works here, marked as used; None for anything else."""
    rows = ApiToken.objects.valid().select_related("owner")
    token = rows.filter(digest=digest_of(secret)).first()
    if token is None or not token.owner.is_active:
        return None
    now = timezone.now()
    if token.used_at is None or now - token.used_at > TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
