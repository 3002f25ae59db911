"""What a token may be used for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    CLIENTS = "clients:read", _("clients and contacts: read")
    DEALS = "deals:read", _("deals: read")
    ACTIVITIES = "activities:read", _("calls and meetings: read")
    PAYMENTS = "payments:read", _("payments: read")
