"""Tags of the sample deals and the views that the head keeps."""

import random
from datetime import timedelta

from apps.core.models import SavedView, Tag
from apps.dashboard.sample.days import Span
from apps.deals.models import Deal
from apps.staff.choices import Role
from apps.staff.models import User

# Name, colour of the theme, share of the open deals.
TAGS = (("тендер", "acc", 0.08), ("срочно", "bad", 0.05), ("выставка 2026", "good", 0.1))
VIEWS = (
    ("Без следующего шага", "no_step=on&outcome=open", True),
    ("Зависшие", "outcome=open&stuck=on", True),
    ("Просрочено закрытие", "close_passed=on&outcome=open", False),
)
# Tags are put on the latest deals: a sample of any size has them on its first screens.
LATEST = timedelta(days=200)


def make_tags(span: Span, dice: random.Random) -> None:
    deals = Deal.objects.open().filter(opened_on__gte=span.today - LATEST).order_by("pk")
    numbers = list(deals.values_list("pk", flat=True)[:5000])
    links = []
    for name, colour, share in TAGS:
        tag = Tag.objects.create(name=name, colour=colour)
        chosen = [number for number in numbers if dice.random() < share]
        links += [Deal.tags.through(deal_id=number, tag_id=tag.pk) for number in chosen]
    Deal.tags.through.objects.bulk_create(links)


def make_views() -> None:
    """Shared by the head, pinned for himself."""
    head = User.objects.filter(role=Role.HEAD).order_by("pk").first()
    if head is None:
        return
    for name, query, is_pinned in VIEWS:
        view = SavedView.objects.create(
            owner=head, room="deals", name=name, query=query, is_shared=True
        )
        if is_pinned:
            view.pinned_by.add(head)
