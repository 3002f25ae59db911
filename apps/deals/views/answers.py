"""How the views of this room answer: pages, modals, and what follows a saved form."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django_htmx.http import trigger_client_event


def show_form(
    request: HttpRequest,
    form: Any,
    title: Any,
    *,
    page: str = "deals/form_page.html",
    modal: str = "deals/_form_modal.html",
    **context: Any,
) -> HttpResponse:
    """The form in the modal for a script's request, as a page for anything else; 422 with errors."""
    context |= {"form": form, "title": title}
    status = 422 if getattr(form, "is_bound", False) and form.errors else 200
    if not request.htmx:
        return render(request, page, context, status=status)
    response = render(request, modal, context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#modal-body", "innerHTML"
    return response


def done(request: HttpRequest, address: str) -> HttpResponse:
    """After a saved form: the page under the modal again, or `address` from a form's own page."""
    if not request.htmx:
        return HttpResponseRedirect(address)
    shown = urlsplit(request.htmx.current_url or "").path
    response = HttpResponse()
    if shown in ("", request.path):
        response["HX-Redirect"] = address
    else:
        response["HX-Refresh"] = "true"
    return response


# Pages that bring their changed parts themselves when they hear of the event; rooms above add theirs.
CHANGED = "dealChanged"
listening_pages = {"deals:deal", "deals:debtor_list"}


def changed(request: HttpRequest, address: str) -> HttpResponse:
    """After a saved form: a listening page renews its parts without a reload, others as in `done`."""
    if not (request.htmx and is_listening(request)):
        return done(request, address)
    # An empty answer closes the modal.
    return trigger_client_event(HttpResponse(), CHANGED, {})


def is_listening(request: HttpRequest) -> bool:
    try:
        shown = resolve(urlsplit(request.htmx.current_url or "").path)
    except Resolver404:
        return False
    return shown.view_name in listening_pages


def deal_address(deal: Any) -> str:
    return reverse("deals:deal", args=[deal.pk])


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Put the refusal of an action on the form; what has no field there stands on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)


def said(error: ValidationError) -> str:
    """The refusal as one sentence, for a toast."""
    if hasattr(error, "error_dict"):
        problems = [problem for group in error.error_dict.values() for problem in group]
        return " ".join(message for problem in problems for message in problem.messages)
    return " ".join(error.messages)
