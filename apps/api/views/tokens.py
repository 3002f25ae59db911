"""A person's own tokens, on the pages of the profile; made by session only, never by a token."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.api.actions import create_token, revoke_token
from apps.api.forms.tokens import TokenForm
from apps.api.models import ApiToken
from apps.core import toasts
from apps.core.access import allowed, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def token_list(request: HttpRequest) -> HttpResponse:
    """The answer to the making of a token is the one page that ever shows the secret.

    Not `@idempotent`: that would keep the answer, and the secret with it.
    """
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = create_token(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            form = TokenForm()
    context = {
        "form": form,
        "secret": secret,
        "tokens": ApiToken.objects.filter(owner_id=request.user.pk)[:100],
        "now": timezone.now(),
        "can_see_schema": allowed(request.user, "api.view_schema"),
    }
    return render(request, "api/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.filter(owner_id=request.user.pk), pk=pk)
    revoke_token(token, by=request.user)
    toasts.tell(request, _("The token “%(name)s” is dead.") % {"name": token.name})
    return redirect("api:token_list")
