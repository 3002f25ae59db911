"""Closed lists of the client base."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ClientKind(models.TextChoices):
    COMPANY = "company", _("company")
    PERSON = "person", _("person")


class ClientLevel(models.TextChoices):
    """A class of the last segmentation; new clients have one of their own."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    NEW = "N", pgettext_lazy("clients", "new")
    NONE = "", "–"


class ConsentKind(models.TextChoices):
    PERSONAL_DATA = "personal_data", _("processing of personal data")
    MAILING = "mailing", _("mailings and calls with offers")
    TRANSFER = "transfer", _("passing data to a third party")
