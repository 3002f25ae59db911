"""What many models share: versions for optimistic locking, archive, audit, append-only events."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

Model = TypeVar("Model", bound=type[models.Model])


class Versioned(models.Model):
    """A record that two people may edit at once; see apps.core.versions."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


class ArchivedQuerySet(models.QuerySet):
    def kept(self):
        """Rows that are not in the bin."""
        return self.filter(archived_at=None)


class Archived(models.Model):
    """A record that goes to a bin for 30 days instead of being deleted."""

    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def audited(*, exclude: Iterable[str] = ()) -> Callable[[Model], Model]:
    """Keep every insert, update and delete of the model in `<Model>History`, by trigger.

    The author comes from the request (pghistory's middleware) or from `pghistory.context`.
    """

    def track(model: Model) -> Model:
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            model_name=f"{model.__name__}History",
            exclude=list(exclude),
        )(model)

    return track


def append_only() -> pgtrigger.Protect:
    """A trigger for event tables: what happened is neither changed nor removed."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
