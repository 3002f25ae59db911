"""The admin panel: HR's people and the administrator's settings, behind the product's own log-in.

Its package needs `unsafe-eval` and inline styles, so pages under /admin/ carry a weaker content
policy than the rest; rows of the business are not registered there.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

WEAKER_POLICY = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class PanelConfig(AdminConfig):
    default_site = "apps.staff.panel.PanelSite"


class PanelSite(UnfoldAdminSite):
    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return csp_update(WEAKER_POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one log-in, with its throttle."""
        query = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return redirect(f"{reverse('staff:log_in')}?{query}")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("staff:own_password")
