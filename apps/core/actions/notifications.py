"""A person reads what he was told and says how he wants to be told."""

from collections.abc import Container
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.models import Notification, NotificationSetting
from apps.core.notifying import kinds


def mark_read(person: Any, *, only: Notification | None = None) -> int:
    """Everything unread of `person`, or one line; how many there were."""
    unread = Notification.objects.visible_to(person).unread()
    if only is not None:
        unread = unread.filter(pk=only.pk)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def choose_ways(person: Any, *, in_app: Container[str], by_email: Container[str]) -> None:
    """For every kind: told in the application if it is in `in_app`, by e-mail if in `by_email`."""
    chosen = [
        NotificationSetting(
            user=person, kind=kind, in_app=kind in in_app, by_email=kind in by_email
        )
        for kind in kinds()
    ]
    NotificationSetting.objects.bulk_create(
        chosen,
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_app", "by_email"],
    )
