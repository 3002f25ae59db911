from django.urls import path

from apps.portfolio.views import (
    distribution,
    handover,
    health,
    leads,
    norms,
    segments,
    service,
    wallet,
)

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
distribution_urls = [
    path("distribution/", distribution.distribution_list, name="distribution_list"),
    path("distribution/new/", distribution.distribution_create, name="distribution_create"),
    path("distribution/norms/", norms.load_norms, name="load_norms"),
    path("distribution/people/", norms.focus_list, name="focus_list"),
    path("distribution/people/<int:pk>/", norms.seller_focus, name="seller_focus"),
    path("distribution/moves/<int:pk>/", distribution.move_choose, name="move_choose"),
    path("distribution/<int:pk>/", distribution.distribution, name="distribution"),
    path("distribution/<int:pk>/seats/<int:user>/", distribution.seat_mode, name="seat_mode"),
    path("distribution/<int:pk>/moves.<slug:kind>", distribution.moves_export, name="moves_export"),
    path("distribution/<int:pk>/count/", distribution.distribution_recount, name="distribution_recount"),
    path("distribution/<int:pk>/apply/", distribution.distribution_apply, name="distribution_apply"),
    path("distribution/<int:pk>/undo/", distribution.distribution_undo, name="distribution_undo"),
]  # fmt: skip
handover_urls = [
    path("handovers/", handover.handover_list, name="handover_list"),
    path("handovers/new/", handover.handover_create, name="handover_create"),
    path("handovers/<int:pk>/", handover.handover, name="handover"),
    path("handovers/<int:pk>/accept/", handover.handover_accept, name="handover_accept"),
    path("handovers/<int:pk>/step/", handover.handover_step, name="handover_step"),
    path("handovers/<int:pk>/return/", handover.handover_return, name="handover_return"),
]
lead_urls = [
    path("leads/", leads.lead_rules, name="lead_rules"),
    path("leads/new/", leads.lead_rule_create, name="lead_rule_create"),
    path("leads/<int:pk>/", leads.lead_rule, name="lead_rule"),
    path("leads/<int:pk>/move/<slug:direction>/", leads.lead_rule_shift, name="lead_rule_shift"),
    path("leads/<int:pk>/remove/", leads.lead_rule_archive, name="lead_rule_archive"),
]
urlpatterns = [*segment_urls, *distribution_urls, *handover_urls, *lead_urls]
