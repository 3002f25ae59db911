"""Closed lists that many rooms use."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    RUB = "RUB", _("Russian rouble")
    USD = "USD", _("US dollar")
    EUR = "EUR", _("euro")
    KZT = "KZT", _("Kazakh tenge")
    BYN = "BYN", _("Belarusian rouble")
    CNY = "CNY", _("Chinese yuan")


class Language(models.TextChoices):
    RUSSIAN = "ru", "Русский"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    AUTO = "auto", _("as in the system")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    REFUSED = "refused", _("refused")
    MAPPED = "mapped", _("columns chosen")
    CHECKED = "checked", _("checked")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    UNDONE = "undone", _("undone")


class RowStatus(models.TextChoices):
    PENDING = "pending", _("waiting")
    CREATED = "created", _("created")
    UPDATED = "updated", _("updated")
    UNCHANGED = "unchanged", _("unchanged")
    REJECTED = "rejected", _("rejected")


class TagColour(models.TextChoices):
    """Roles of the theme, not colours: they hold in light and dark."""

    PLAIN = "", _("plain")
    ACCENT = "acc", _("blue")
    GOOD = "good", _("green")
    WARN = "warn", _("yellow")
    BAD = "bad", _("red")


class BatchStatus(models.TextChoices):
    DRAFT = "draft", _("previewed")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class BatchRowStatus(models.TextChoices):
    READY = "ready", _("to be changed")
    SKIPPED = "skipped", _("skipped")
    DONE = "done", _("changed")
    UNDONE = "undone", _("put back")
    KEPT = "kept", _("left as it is")
