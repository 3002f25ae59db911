from apps.core.models.base import Archived, ArchivedQuerySet, Versioned, append_only, audited
from apps.core.models.bulk import Batch, BatchRow
from apps.core.models.company import CalendarDay, Company, ExchangeRate
from apps.core.models.decisions import Decision
from apps.core.models.exports import ExportRecord
from apps.core.models.files import StoredFile
from apps.core.models.imports import ImportMapping, ImportRow, ImportRun
from apps.core.models.jobs import AnsweredRequest, Job, OutboxMessage
from apps.core.models.notifications import Notification, NotificationSetting
from apps.core.models.saved_views import SavedView, Tag

__all__ = [
    "AnsweredRequest",
    "Archived",
    "ArchivedQuerySet",
    "Batch",
    "BatchRow",
    "CalendarDay",
    "Company",
    "Decision",
    "ExchangeRate",
    "ExportRecord",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "Job",
    "Notification",
    "NotificationSetting",
    "OutboxMessage",
    "SavedView",
    "StoredFile",
    "Tag",
    "Versioned",
    "append_only",
    "audited",
]
