"""Why a task was late: said in one click, changed by another."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.staff.models import User
from apps.tasks.actions.tasks import leads_assignee, locked
from apps.tasks.models import Delay, DelayCause, Task
from apps.tasks.rules import can_explain, is_past_promise


@transaction.atomic
def explain_delay(task: Task, *, by: User, cause: DelayCause, comment: str = "") -> Delay:
    """Name the cause of a task's delay; named again, the new word replaces the old one.

    Raises PermissionDenied, ValidationError "not_late", "cause_is_gone", "comment_is_needed".
    """
    task = locked(task)
    if not can_explain(task, by=by, leads=leads_assignee(task, by)):
        raise PermissionDenied
    if not is_past_promise(task, timezone.now()):
        raise ValidationError(_("The task is not late."), code="not_late")
    if cause.archived_at is not None:
        raise ValidationError(_("This cause is no longer in use."), code="cause_is_gone")
    comment = comment.strip()
    if cause.needs_comment and not comment:
        raise ValidationError(_("Say in a few words what it was."), code="comment_is_needed")
    fields = {"cause": cause, "comment": comment, "by": by}
    return Delay.objects.update_or_create(task=task, defaults=fields)[0]
