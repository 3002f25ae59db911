"""Whom clients choose instead of us."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.core.models import Archived, ArchivedQuerySet, Versioned, audited


@audited()
class Competitor(Versioned, Archived):
    """A rival as a seller names him where a deal is lost; higher rooms may tell more of him."""

    name = models.CharField(_("name"), max_length=255)

    objects = ArchivedQuerySet.as_manager()

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(archived_at=None), name="one_competitor_a_name"
            )
        ]

    def __str__(self):
        return self.name
