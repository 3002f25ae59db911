"""Lists as people keep them: saved views, what was looked at last, and tags."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.core.choices import TagColour
from apps.core.models.base import Archived, ArchivedQuerySet, Versioned, audited


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, viewer):
        """One's own, and those that colleagues share: a view holds filters, never rows."""
        return self.filter(Q(owner=viewer) | Q(is_shared=True))

    def named(self):
        return self.exclude(name="")

    def with_pins_of(self, viewer):
        """Adds `is_pinned`: does it stand among the tabs of `viewer`?"""
        pins = SavedView.pinned_by.through.objects.filter(
            savedview_id=OuterRef("pk"), user_id=viewer.pk
        )
        return self.annotate(is_pinned=Exists(pins))


class SavedView(Versioned):
    """Filters, order and columns of one page under a name.

    `room` is the page ("deals", "clients"), `query` what follows the question mark, `columns` the
    codes of chosen columns. The row without a name is what its owner looked at last: how a bare
    address opens for him.
    """

    room = models.CharField(max_length=50)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    columns = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    is_shared = models.BooleanField(_("for colleagues too"), default=False)
    pinned_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="pinned_views"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "room", "name"], name="one_view_a_name"),
            models.CheckConstraint(
                condition=~Q(name="") | Q(is_shared=False), name="shared_view_has_a_name"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def address(self):
        """What follows the path of the page: filters and columns."""
        columns = urlencode([("columns", name) for name in self.columns])
        return "?" + "&".join(part for part in (self.query, columns) if part)


@audited()
class Tag(Archived):
    """A word that rows of several rooms may carry; the colour is a role of the theme."""

    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(
        _("colour"), max_length=4, choices=TagColour.choices, blank=True, default=TagColour.PLAIN
    )

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(archived_at=None), name="one_tag_a_name"
            )
        ]

    def __str__(self):
        return self.name
