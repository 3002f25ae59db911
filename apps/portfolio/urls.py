from django.urls import path

from apps.portfolio.views import health, segments, service, wallet

app_name = "portfolio"
segment_urls = [
    path("", segments.segments, name="segments"),
    path("clients/", segments.segment_clients, name="segment_clients"),
    path("clients/export.<slug:kind>", segments.segment_export, name="segment_export"),
    path("clients/<int:pk>/", wallet.client_segment, name="client_segment"),
    path("migration/", segments.migration, name="migration"),
    path("calculate/", segments.segments_start, name="segments_start"),
    path("rules/", segments.rules, name="rules"),
    path("health/", health.health, name="health"),
    path("reactivation/", health.reactivation, name="reactivation"),
    path("service/", service.service, name="service"),
    path("service/<slug:abc>/", service.norm, name="norm"),
    path("potential/", wallet.potential, name="potential"),
    path("potential/<int:pk>/", wallet.potential_set, name="potential_set"),
]
urlpatterns = [*segment_urls]
