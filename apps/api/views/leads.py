"""Leads from outside: by another server, and by the form in a frame of somebody's site."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.actions import Inquiry, TooOften, receive_inquiry, remember_spam
from apps.api.forms.leads import TRAP, LeadForm
from apps.api.models import IntakeForm
from apps.api.parsing import StrictJSONParser
from apps.api.serializers import AcceptedSerializer, LeadSerializer
from apps.core.access import public

security_log = logging.getLogger("sales.security")

SALT = "lead-form"
# A person does not fill the form in faster; a page that lay open longer is opened anew.
FASTEST = timedelta(seconds=3)
LONGEST = timedelta(hours=24)
KEY_HEADER = "Idempotency-Key"
KEY_LENGTH = 64


class LeadIntake(APIView):
    """Make a lead. Repeat a request with the same Idempotency-Key, and it is made once."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser,)
    metadata_class = None
    serializer_class = LeadSerializer

    @extend_schema(request=LeadSerializer, responses={201: AcceptedSerializer})
    def post(self, request: Request) -> Response:
        if request.query_params:
            raise exceptions.ValidationError(
                {name: [_("There is no such parameter.")] for name in request.query_params}
            )
        said = LeadSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        data = dict(said.validated_data)
        form = form_with(data.pop("form"))
        check_origin(request, form)
        key = request.headers.get(KEY_HEADER, "")[:KEY_LENGTH] or uuid.uuid4().hex
        try:
            receive_inquiry(form, Inquiry(**data), key=key, address=address_of(request))
        except TooOften:
            raise exceptions.Throttled(detail=_("Too many inquiries. Try in an hour.")) from None
        except ValidationError as error:
            raise as_answer(error) from error
        return Response({"status": "accepted"}, status=201)


lead_create = public(LeadIntake.as_view())


def form_with(key: str) -> IntakeForm:
    form = IntakeForm.objects.kept().filter(key=key).select_related("source", "pipeline").first()
    if form is None:
        raise exceptions.ValidationError({"form": [_("There is no such form.")]})
    return form


def check_origin(request: Request, form: IntakeForm) -> None:
    """A browser says from which page it sends; a page of a strange site is not heard."""
    origin = request.headers.get("Origin")
    if origin and origin not in form.allowed_sites:
        security_log.warning("an inquiry from a site that is not allowed was refused")
        raise exceptions.PermissionDenied(_("This site may not send inquiries."))


def as_answer(error: ValidationError) -> exceptions.APIException:
    """The errors of the action, by field where it named one; a key with other contents is 422."""
    if hasattr(error, "error_dict"):
        return exceptions.ValidationError(error.message_dict)
    answer = exceptions.ValidationError({"detail": error.messages})
    if error.code == "key_reused":
        answer.status_code = 422
    return answer


def address_of(request: Any) -> str:
    return request.META.get("REMOTE_ADDR", "")


@csrf_exempt  # in a foreign frame there is no cookie of ours; the signed mark proves the page
@require_http_methods(["GET", "HEAD", "POST"])
@public
def lead_form(request: HttpRequest, key: str) -> HttpResponse:
    """The form for a frame: only the sites of its settings may show it."""
    intake = get_object_or_404(IntakeForm.objects.kept().select_related("source"), key=key)
    return for_frames(answered(request, intake), intake)


def answered(request: HttpRequest, intake: IntakeForm) -> HttpResponse:
    if request.method != "POST":
        return form_page(request, intake, LeadForm(initial={"mark": new_mark(intake)}))
    form = LeadForm(request.POST)
    mark = read_mark(request.POST.get("mark", ""), intake)
    if mark is None:
        form = LeadForm(refreshed(request, intake))
        form.full_clean()
        form.add_error(None, _("The form lay open for too long. Check it and send it again."))
        return form_page(request, intake, form)
    try:
        if request.POST.get(TRAP) or is_too_fast(request.POST["mark"], intake):
            remember_spam(intake, key=mark, address=address_of(request))
            security_log.info("a lead form caught a program")
            return render(request, "api/lead_thanks.html", {"intake": intake})
        if form.is_valid():
            inquiry = Inquiry(**form.inquiry())
            receive_inquiry(intake, inquiry, key=mark, address=address_of(request))
            return render(request, "api/lead_thanks.html", {"intake": intake})
    except TooOften:
        form.add_error(None, _("Too many inquiries came from here. Try in an hour, or call us."))
        return form_page(request, intake, form, status=429)
    except ValidationError as error:
        add_errors(form, error)
    return form_page(request, intake, form)


def form_page(
    request: HttpRequest, intake: IntakeForm, form: LeadForm, status: int = 0
) -> HttpResponse:
    context = {"form": form, "intake": intake}
    return render(
        request, "api/lead_form.html", context, status=status or (422 if form.errors else 200)
    )


def add_errors(form: LeadForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def new_mark(intake: IntakeForm) -> str:
    """Proves that our page was opened, and when; its random part makes the sending single."""
    return signing.TimestampSigner(salt=f"{SALT}:{intake.pk}").sign(uuid.uuid4().hex)


def read_mark(mark: str, intake: IntakeForm) -> str | None:
    """The random part; None for a mark of another page or an old one."""
    try:
        return signing.TimestampSigner(salt=f"{SALT}:{intake.pk}").unsign(mark, max_age=LONGEST)
    except signing.BadSignature:
        return None


def is_too_fast(mark: str, intake: IntakeForm) -> bool:
    try:
        signing.TimestampSigner(salt=f"{SALT}:{intake.pk}").unsign(mark, max_age=FASTEST)
    except signing.SignatureExpired:
        return False
    return True


def refreshed(request: HttpRequest, intake: IntakeForm) -> Any:
    data = request.POST.copy()
    data["mark"] = new_mark(intake)
    return data


def for_frames(response: HttpResponse, intake: IntakeForm) -> HttpResponse:
    """This page alone may stand in frames, and only in those of its sites."""
    if intake.allowed_sites:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        response._csp_replace = {"frame-ancestors": intake.allowed_sites}  # type: ignore[attr-defined]
    return response
