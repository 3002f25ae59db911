from django.urls import path

from apps.staff.views import accounts, managing, passwords, profile, readings, team

app_name = "staff"
urlpatterns = [
    path("log-in/", accounts.log_in, name="log_in"),
    path("log-out/", accounts.log_out, name="log_out"),
    path("password/reset/", passwords.reset_password, name="reset_password"),
    path("password/reset/sent/", passwords.reset_sent, name="reset_sent"),
    path("password/new/", passwords.new_password, name="new_password"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.own_password, name="own_password"),
    path("profile/sessions/", profile.session_list, name="session_list"),
    path("profile/sessions/end-others/", profile.session_end_others, name="session_end_others"),
    path("profile/sessions/<slug:code>/end/", profile.session_end, name="session_end"),
    path("access/reason/", readings.data_reading_open, name="data_reading_open"),
    path("access/reason/end/", readings.data_reading_close, name="data_reading_close"),
    path("access/", readings.data_reading_list, name="data_reading_list"),
    path("access/<int:pk>/", readings.data_reading, name="data_reading"),
    path("access/exports/", readings.export_list, name="export_list"),
    path("team/", team.team, name="team"),
    path("team/<int:pk>/", team.person, name="person"),
    path("team/<int:pk>/capacity/", managing.capacity, name="capacity"),
    path("team/<int:pk>/move/", managing.person_move, name="person_move"),
    path("team/<int:pk>/invite/", managing.person_invite, name="person_invite"),
    path("team/<int:pk>/dismiss/", managing.person_dismiss, name="person_dismiss"),
    path("team/<int:pk>/absences/new/", managing.absence_create, name="absence_create"),
    path("absences/<int:pk>/", managing.absence_change, name="absence_change"),
    path("absences/<int:pk>/remove/", managing.absence_remove, name="absence_remove"),
]
