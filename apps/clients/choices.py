"""Closed lists of the client base."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClientKind(models.TextChoices):
    COMPANY = "company", _("company")
    PERSON = "person", _("person")


class ClientLevel(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    NONE = "", "–"


class ConsentKind(models.TextChoices):
    PERSONAL_DATA = "personal_data", _("processing of personal data")
    MAILING = "mailing", _("mailings and calls with offers")
    TRANSFER = "transfer", _("passing data to a third party")
