from django.urls import path

from apps.api.views import calendars, description, intake, leads, resources, tokens

app_name = "api"
V1 = "api/v1/"

urlpatterns = [
    path(f"{V1}clients/", resources.client_list, name="client_list"),
    path(f"{V1}clients/<int:pk>/", resources.client, name="client"),
    path(f"{V1}contacts/", resources.contact_list, name="contact_list"),
    path(f"{V1}contacts/<int:pk>/", resources.contact, name="contact"),
    path(f"{V1}deals/", resources.deal_list, name="deal_list"),
    path(f"{V1}deals/<int:pk>/", resources.deal, name="deal"),
    path(f"{V1}activities/", resources.activity_list, name="activity_list"),
    path(f"{V1}activities/<int:pk>/", resources.activity, name="activity"),
    path(f"{V1}receipts/", resources.receipt_list, name="receipt_list"),
    path(f"{V1}receipts/<int:pk>/", resources.receipt, name="receipt"),
    path(f"{V1}schedule/", resources.schedule_list, name="schedule_list"),
    path(f"{V1}schedule/<int:pk>/", resources.schedule, name="schedule"),
    path(f"{V1}leads/", leads.lead_create, name="lead_create"),
    path(f"{V1}schema/", description.schema, name="schema"),
    path("lead-form/<str:key>/", leads.lead_form, name="lead_form"),
    path("profile/tokens/", tokens.token_list, name="token_list"),
    path("profile/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("profile/calendar/", calendars.calendar_feed, name="calendar_feed"),
    path("profile/calendar/revoke/", calendars.calendar_feed_revoke, name="calendar_feed_revoke"),
    path("calendar/<str:secret>.ics", calendars.calendar_ics, name="calendar_ics"),
    path("settings/lead-forms/", intake.intake_list, name="intake_list"),
    path("settings/lead-forms/new/", intake.intake_create, name="intake_create"),
    path("settings/lead-forms/<int:pk>/", intake.intake_edit, name="intake_edit"),
    path("settings/lead-forms/<int:pk>/switch/", intake.intake_switch, name="intake_switch"),
]
