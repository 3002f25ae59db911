from apps.core.models.base import Archived, ArchivedQuerySet, Versioned, append_only, audited
from apps.core.models.company import CalendarDay, Company, ExchangeRate
from apps.core.models.decisions import Decision
from apps.core.models.files import StoredFile
from apps.core.models.imports import ImportMapping, ImportRow, ImportRun
from apps.core.models.jobs import AnsweredRequest, Job, OutboxMessage
from apps.core.models.notifications import Notification, NotificationSetting

__all__ = [
    "AnsweredRequest",
    "Archived",
    "ArchivedQuerySet",
    "CalendarDay",
    "Company",
    "Decision",
    "ExchangeRate",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "Job",
    "Notification",
    "NotificationSetting",
    "OutboxMessage",
    "StoredFile",
    "Versioned",
    "append_only",
    "audited",
]
