"""The secret address of a person's calendar: made, renewed, revoked, used."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from apps.api.actions.tokens import digest_of
from apps.api.models import CalendarFeed
from apps.staff.models import User

TOUCH_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_feed(*, by: User) -> tuple[CalendarFeed, str]:
    """A new address of `by` with its secret, which is told this once; the old one is dead."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    revoke_feed(by=by)
    secret = secrets.token_urlsafe(32)
    return CalendarFeed.objects.create(owner=by, digest=digest_of(secret)), secret


def revoke_feed(*, by: User) -> int:
    """The address is dead from its next use on; how many there were, 0 or 1."""
    living = CalendarFeed.objects.living().filter(owner=by)
    return living.update(revoked_at=timezone.now())


def feed_of(secret: str) -> CalendarFeed | None:
    """The feed of a person who still works here; None for anything else."""
    rows = CalendarFeed.objects.living().select_related("owner")
    feed = rows.filter(digest=digest_of(secret)).first()
    return feed if feed is not None and feed.owner.is_active else None


def served(feed: CalendarFeed, body: bytes) -> tuple[str, datetime]:
    """The hash of what is served, and since when it is the same; used and changed are noted."""
    now, body_hash = timezone.now(), sha256(body).hexdigest()
    fields: dict[str, object] = {}
    if feed.changed_at is None or feed.body_hash != body_hash:
        fields |= {"body_hash": body_hash, "changed_at": now}
    if feed.used_at is None or now - feed.used_at > TOUCH_EVERY:
        fields["used_at"] = now
    if fields:
        CalendarFeed.objects.filter(pk=feed.pk).update(**fields)
    changed_at = now if "changed_at" in fields else feed.changed_at
    assert changed_at is not None, "what was served has its moment"
    return body_hash, changed_at
