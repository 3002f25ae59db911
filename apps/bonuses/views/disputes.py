"""A question about a bonus: asked by its owner, answered by a leader."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.bonuses import rules
from apps.bonuses.actions.disputes import (
    accept_dispute,
    answer_dispute,
    decline_dispute,
    open_dispute,
)
from apps.bonuses.forms import AcceptForm, AnswerForm, DeclineForm, DisputeForm
from apps.bonuses.models import Dispute
from apps.bonuses.statement_page import WITH, rows_of
from apps.bonuses.views.sent import sent
from apps.bonuses.views.statements import visible_statement
from apps.bonuses.words import exactly, line_words
from apps.core import toasts
from apps.core.access import requires
from apps.core.idempotency import idempotent
from apps.core.views.modals import gone_to, modal_form
from apps.staff.choices import Role

HEAD = ["GET", "HEAD", "POST"]


@require_http_methods(HEAD)
@requires("bonuses.open_dispute")
@idempotent
def dispute_create(request, pk):
    """About the whole statement, or about the line that ?line= names."""
    found = visible_statement(request, pk)
    if not rules.can_dispute(found, by=request.user):
        raise PermissionDenied(_("Only the person himself asks about a bonus."))
    line = asked_line(request, found)
    note = text_of(line, found) if line else ""
    form = DisputeForm(sent(request), note=note, **ways(request, found))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_dispute(
                found,
                by=request.user,
                line=line,
                line_text=note,
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toasts.tell(request, _("Your question is sent to the head of the department."))
            return gone_to(request, made.get_absolute_url())
    return modal_form(request, form, _("Ask about the bonus"))


def ways(request, found):
    """Where a form is sent, and where "Cancel" leads."""
    return {"action": request.get_full_path(), "back": found.get_absolute_url()}


def asked_line(request, found):
    wanted = request.GET.get("line", "")
    if not wanted.isdigit():
        return None
    return get_object_or_404(found.lines.select_related(*WITH), pk=wanted)


def text_of(line, found):
    name = line.deal.title if line.deal else line.get_kind_display()
    return f"{name}: {exactly(line.amount)} ({line_words(line, found)})"


def visible_dispute(request, pk):
    rows = Dispute.objects.visible_to(request.user)
    rows = rows.select_related(
        "statement__person",
        "line__deal__client",
        "line__allocation__receipt",
        "line__correction",
        "line__original__statement",
        "correction",
        "settled_by",
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires("bonuses.view_dispute")
def dispute(request, pk):
    return page(request, visible_dispute(request, pk))


def page(request, found, form=None, status=200):
    line = found.line
    row = rows_of([line], found.statement, request.user, {})[0] if line else None
    context = {
        "dispute": found,
        "row": row,
        # What the line said names its deal, which is none of HR's business.
        "line_text": "" if request.user.role == Role.HR else found.line_text,
        "said": found.messages.select_related("author"),
        "form": form or AnswerForm(action=reverse("bonuses:dispute_answer", args=[found.pk])),
        "can_settle": rules.can_settle(found, by=request.user),
        "can_answer": can_answer(found, request.user),
    }
    return render(request, "bonuses/dispute.html", context, status=status)


def can_answer(found, viewer):
    is_own = found.statement.person_id == viewer.pk
    return not found.is_settled and (is_own or rules.can_settle(found, by=viewer))


@require_POST
@requires("bonuses.view_dispute")
@idempotent
def dispute_answer(request, pk):
    found = visible_dispute(request, pk)
    form = AnswerForm(request.POST, action=request.path)
    if not form.is_valid():
        return page(request, found, form, status=422)
    try:
        answer_dispute(found, by=request.user, text=form.cleaned_data["text"])
    except ValidationError as refusal:
        toasts.warn(request, refusal.messages[0])
    return gone_to(request, found.get_absolute_url())


@require_http_methods(HEAD)
@requires("bonuses.settle_dispute")
@idempotent
def dispute_accept(request, pk):
    found = visible_dispute(request, pk)
    form = AcceptForm(
        sent(request), initial={"amount": wanted_change(found)}, **ways(request, found)
    )
    return settled(request, found, form, accept_dispute, _("Accept with a correction"))


@require_http_methods(HEAD)
@requires("bonuses.settle_dispute")
@idempotent
def dispute_decline(request, pk):
    found = visible_dispute(request, pk)
    form = DeclineForm(sent(request), **ways(request, found))
    return settled(request, found, form, decline_dispute, _("Decline the question"))


def settled(request, found, form, action, title):
    if not found.is_settled and not rules.can_settle(found, by=request.user):
        raise PermissionDenied(_("Nobody settles a question about a bonus of his own."))
    if request.method == "POST" and form.is_valid():
        try:
            action(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            toasts.tell(request, _("Settled; the seller is told."))
            return gone_to(request, found.get_absolute_url())
    return modal_form(request, form, title)


def wanted_change(found):
    """What the seller expects beyond what stands there."""
    if found.expected is None:
        return None
    stands = found.line.amount if found.line else found.statement.total
    return found.expected - stands
