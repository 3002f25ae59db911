"""Forms that open in the modal, and as pages of their own where no script asked."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme


def modal_form(request: HttpRequest, form: Any, title: Any, **context: Any) -> HttpResponse:
    """The form in the modal or on its page; 422 with errors."""
    status = 422 if form.is_bound and form.errors else 200
    context |= {"form": form, "title": title}
    if not request.headers.get("HX-Request"):
        return render(request, "core/form_page.html", context, status=status)
    response = render(request, "core/_form_modal.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#modal-body", "innerHTML"
    return response


def gone_to(request: HttpRequest, address: str) -> HttpResponse:
    """After a saved form: a redirect, by a header where a script asked."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


def page_before(request: HttpRequest, otherwise: str) -> str:
    """The page that `next` names, if it is ours."""
    address = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if address and ours else otherwise
