"""Addresses of the work on big deals; part of apps.deals.urls."""

from django.urls import path

from apps.deals.views import big_deals, help, war_room

urlpatterns = [
    path("big/", big_deals.big_deal_list, name="big_deal_list"),
    path("big/top/", big_deals.big_top, name="big_top"),
    path("big/effect/", big_deals.big_effect, name="big_effect"),
    path("big/norms/", big_deals.big_norm, name="big_norm"),
    path("help/", help.help_list, name="help_list"),
    path("help/<int:pk>/withdraw/", help.help_withdraw, name="help_withdraw"),
    path("help/<int:pk>/<slug:kind>/", help.help_respond, name="help_respond"),
    path("<int:pk>/help/", help.deal_help, name="deal_help"),
    path("<int:pk>/help/ask/", help.help_ask, name="help_ask"),
    path("<int:pk>/people/", war_room.deal_people, name="deal_people"),
    path("<int:pk>/mark/", war_room.deal_mark, name="deal_mark"),
    path("<int:pk>/room/", war_room.war_room, name="war_room"),
    path("<int:pk>/room/<slug:kind>/new/", war_room.war_row_create, name="war_row_create"),
    path("room/risk/<int:pk>/end/<slug:end>/", war_room.risk_end, name="risk_end"),
    path("room/step/<int:pk>/tick/<slug:state>/", war_room.step_tick, name="step_tick"),
    path(
        "room/concession/<int:pk>/reverse/", war_room.concession_reverse, name="concession_reverse"
    ),
    path("room/<slug:kind>/<int:pk>/", war_room.war_row_edit, name="war_row_edit"),
    path("room/<slug:kind>/<int:pk>/remove/", war_room.war_row_remove, name="war_row_remove"),
    path("room/<slug:kind>/<int:pk>/restore/", war_room.war_row_restore, name="war_row_restore"),
]
