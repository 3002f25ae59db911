"""A statement, and a month for the payroll, as CSV and XLSX."""

from django.views.decorators.http import require_GET

from apps.bonuses import exporting
from apps.bonuses.views.approval import asked_month
from apps.bonuses.views.statements import visible_statement
from apps.core.access import requires
from apps.core.export_limit import counts_exports
from apps.core.exporting import CSV, XLSX, table_response


@require_GET
@requires("bonuses.export_statement")
@counts_exports
def statement_export(request, pk):
    found = visible_statement(request, pk)
    name = f"bonus-{found.month:%Y-%m}-{found.person_id}"
    rows = exporting.statement_rows(found, request.user)
    return table_response(wanted(request), name, exporting.statement_headings(), rows)


@require_GET
@requires("bonuses.export_payroll")
@counts_exports
def payroll_export(request):
    month = asked_month(request)
    rows = exporting.payroll_rows(request.user, month)
    name = f"payroll-bonuses-{month:%Y-%m}"
    return table_response(wanted(request), name, exporting.payroll_headings(), rows)


def wanted(request):
    return XLSX if request.GET.get("format") == XLSX else CSV
