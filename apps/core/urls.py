from django.urls import path

from apps.core.views import (
    files,
    health,
    history,
    jobs,
    notifications,
    preferences,
    search,
    styleguide,
)

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("search/", search.search, name="search"),
    path("language/", preferences.set_language, name="set_language"),
    path("theme/", preferences.set_theme, name="set_theme"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("files/<uuid:uuid>/", files.file, name="file"),
    path("history/<str:model>/<int:pk>/", history.history, name="history"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/menu/", notifications.notification_menu, name="notification_menu"),
    path("notifications/read/", notifications.notification_read, name="notification_read"),
    path(
        "notifications/settings/",
        notifications.notification_settings,
        name="notification_settings",
    ),
    path("notifications/<int:pk>/open/", notifications.notification_open, name="notification_open"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide.fragment, name="styleguide_fragment"),
]
