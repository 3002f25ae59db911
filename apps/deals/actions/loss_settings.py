"""What leaves the settings of losses and trust without leaving history, and comes back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.deals import rules
from apps.deals.models import Competitor, TrustSignal
from apps.staff.models import User

LossSetting = Competitor | TrustSignal


@transaction.atomic
def archive_loss_setting(row: LossSetting, *, by: User) -> None:
    """Offer the row no longer; deals and marks that have it keep it."""
    check_may_set_up(by)
    type(row).objects.filter(pk=row.pk, archived_at=None).update(archived_at=timezone.now())


@transaction.atomic
def restore_loss_setting(row: LossSetting, *, by: User) -> None:
    """Offer it again. Raises ValidationError "same_name" when another has its name meanwhile."""
    check_may_set_up(by)
    same = type(row).objects.kept().filter(name__iexact=row.name).exclude(pk=row.pk)
    if isinstance(row, TrustSignal):
        same = same.filter(stage=row.stage_id)
    if same.exists():
        raise ValidationError(_("There is another one of this name now."), code="same_name")
    type(row).objects.filter(pk=row.pk).update(archived_at=None)


def check_may_set_up(by: User) -> None:
    if not rules.can_set_up_losses(by=by):
        raise PermissionDenied
