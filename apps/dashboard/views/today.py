"""The first page of the day, by role."""

from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps.core.access import allowed, signed_in
from apps.core.models import Company

# The first page that a person may open becomes his first page of the day.
FIRST_PAGES = (
    ("dashboard.view_department", "dashboard:department"),
    ("dashboard.view_my_day", "dashboard:my_day"),
    ("core.change_company", "core:settings"),
)


@require_GET
@signed_in
def today(request):
    if allowed(request.user, "dashboard.take_first_steps") and not Company.current().set_up_at:
        return redirect("dashboard:first_steps")
    for permission, page in FIRST_PAGES:
        if allowed(request.user, permission):
            return redirect(page)
    return redirect("staff:team")
