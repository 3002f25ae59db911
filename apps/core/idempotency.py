"""A POST that is sent twice does its work once: the second sender gets the first one's answer."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.models import AnsweredRequest

View = Callable[..., HttpResponse]

FIELD, HEADER = "idempotency_key", "Idempotency-Key"
KEY_LENGTH = 64
KEPT = timedelta(days=1)
UNSIGNED = {FIELD, "csrfmiddlewaretoken"}
REPLAYED_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Location", "HX-Trigger")


def idempotent(view: View) -> View:
    """Answer a repeated POST (same person, same key) as the first time, without running the view.

    The key comes from the hidden field `idempotency_key` ({% idempotency_key %}) or the header
    Idempotency-Key; without one the view simply runs. The view, its writes and the kept answer are
    one transaction: a server killed after the commit answers the repetition rightly, and a second
    click waits for the first. The same key with another body is refused with 422. Answers of 400
    and above are not kept, so the form can be mended and sent again.
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FIELD) or request.headers.get(HEADER, "")
        if request.method != "POST" or not key:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            answer, is_first = AnsweredRequest.objects.get_or_create(
                user_id=request.user.pk or 0,
                key=key[:KEY_LENGTH],
                defaults={"path": request.path[:255], "body_hash": fingerprint(request)},
            )
            if not is_first:
                return repeated(request, answer)
            response = view(request, *args, **kwargs)
            keep(answer, response)
        return response

    return once


def fingerprint(request: HttpRequest) -> str:
    """A hash of what the form says and of the files it brings."""
    seen = sha256()
    for name, values in sorted(request.POST.lists()):
        if name not in UNSIGNED:
            seen.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            seen.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                seen.update(chunk)
            file.seek(0)
    return seen.hexdigest()


def repeated(request: HttpRequest, answer: AnsweredRequest) -> HttpResponse:
    same = answer.path == request.path[:255] and answer.body_hash == fingerprint(request)
    if not same or answer.status is None:
        text = _("This form was already sent with other contents. Reload the page.")
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def keep(answer: AnsweredRequest, response: HttpResponse) -> None:
    if response.status_code >= 400 or response.streaming:
        answer.delete()
        return
    answer.status = response.status_code
    answer.headers = {name: response[name] for name in REPLAYED_HEADERS if name in response}
    answer.body = response.content.decode(response.charset)
    answer.save(update_fields=["status", "headers", "body"])


def forget_old_answers() -> int:
    """Remove answers that nobody will ask for again."""
    return AnsweredRequest.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
