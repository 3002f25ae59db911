from django.urls import path

from apps.staff.views import accounts, passwords, profile

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
]
