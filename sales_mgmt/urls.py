"""Every address of the product; each room owns its part."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("apps.dashboard.urls")),
    path("", include("apps.core.urls")),
    path("", include("apps.staff.urls")),
    path("tasks/", include("apps.tasks.urls")),
    path("clients/", include("apps.clients.urls")),
    path("deals/", include("apps.deals.urls")),
    path("base/", include("apps.portfolio.urls")),
    path("plan/", include("apps.kpis.urls")),
    path("forecast/", include("apps.forecasts.urls")),
    path("bonuses/", include("apps.bonuses.urls")),
    path("", include("apps.api.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "apps.core.failures.bad_request"
handler403 = "apps.core.views.errors.forbidden"
handler404 = "apps.core.views.errors.not_found"
handler500 = "apps.core.failures.server_error"
