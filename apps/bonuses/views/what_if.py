""" "If I close this deal": on the statement and on the page of a deal. Nothing is saved."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.bonuses.forms import WhatIfForm
from apps.bonuses.models import StatementLine
from apps.bonuses.views.statements import visible_statement
from apps.bonuses.what_if import current_statement, effect_of, effect_of_deal
from apps.core.access import requires
from apps.deals.models import Deal


@require_GET
@requires("bonuses.ask_what_if")
def what_if(request, pk):
    found = visible_statement(request, pk)
    form = WhatIfForm(request.GET or None, person=found.person, viewer=request.user)
    effect = None
    if form.is_valid():
        deal, amount = form.cleaned_data["deal"], form.cleaned_data["amount"]
        if deal:
            effect = effect_of_deal(found, deal)
        elif amount:
            effect = effect_of(found, amount)
    context = {"statement": found, "what_if": form, "effect": effect}
    template = "bonuses/_what_if.html" if request.htmx else "bonuses/what_if.html"
    return render(request, template, context)


@require_GET
@requires("bonuses.ask_what_if")
def deal_panel(request, pk):
    """What the deal would bring its owner this month, and what it has brought, as far as seen."""
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    context = {"deal": deal, "lines": list(lines_of(request.user, deal))}
    if deal.outcome == "open":
        person = (
            request.user.pk if deal.splits.filter(user=request.user).exists() else deal.owner_id
        )
        found = current_statement(person, request.user)
        context |= {"statement": found, "effect": found and effect_of_deal(found, deal)}
    template = "bonuses/_deal_panel.html" if request.htmx else "bonuses/deal_panel.html"
    return render(request, template, context)


def lines_of(viewer, deal):
    rows = StatementLine.objects.visible_to(viewer).filter(Q(deal=deal)).exclude(amount=0)
    return rows.select_related("statement__person").order_by("statement__month", "pk")[:20]
