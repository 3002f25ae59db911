"""Letters with a link to choose a password: for the forgetful and for newcomers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core.outbox import message_id, put_in_outbox, sender
from apps.staff.models import PasswordResetRequest, User

RESET_LETTER = "staff.password_letter"


@transaction.atomic
def request_reset(*, email: str, ip_address: str | None, origin: str) -> PasswordResetRequest:
    """Write the wish down; the letter leaves later, so that an unknown e-mail takes as long.

    Beyond five requests an hour for one e-mail nothing more is sent. `origin` is where the link
    leads when no SITE_URL is set.
    """
    asked = PasswordResetRequest.objects.recent().filter(email=email).count()
    wish = PasswordResetRequest.objects.create(
        email=email, ip_address=ip_address, origin=settings.SITE_URL or origin
    )
    if asked < PasswordResetRequest.LIMIT_PER_EMAIL:
        put_in_outbox(RESET_LETTER, dedupe_key=f"{RESET_LETTER}:{wish.pk}", payload={"id": wish.pk})
    return wish


@sender(RESET_LETTER)
def send_letter(payload: dict[str, Any], key: str) -> None:
    """Send the link if the e-mail is somebody's who works here.

    The token is made here, so that it is stored nowhere. Payload: id of the request.
    """
    wish = PasswordResetRequest.objects.get(pk=payload["id"])
    user = User.objects.working().filter(email=wish.email).first()
    if user is None:
        return
    with translation.override(user.language):
        context = {"person": user, "link": wish.origin + link_to_new_password(user)}
        EmailMessage(
            render_to_string("staff/mail/new_password_subject.txt", context).strip(),
            render_to_string("staff/mail/new_password.txt", context),
            to=[wish.email],
            headers={"Message-ID": message_id(key)},
        ).send()


@transaction.atomic
def invite(user: User, *, origin: str) -> None:
    """Let a newcomer choose his first password; raises ValidationError "no_email"."""
    if not user.email:
        raise ValidationError(_("Write the person's e-mail first."), "no_email")
    request_reset(email=user.email, ip_address=None, origin=origin)


def link_to_new_password(user: User) -> str:
    """The path with a token that works once and for a day."""
    query = urlencode({"person": user.pk, "token": default_token_generator.make_token(user)})
    return f"{reverse('staff:new_password')}?{query}"
