from django.urls import path

from apps.core.views import (
    files,
    health,
    history,
    imports,
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
    path("imports/", imports.import_list, name="import_list"),
    path("imports/upload/", imports.import_upload, name="import_upload"),
    path("imports/headings/<slug:kind>/", imports.import_sample, name="import_sample"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/reading/", imports.import_reading, name="import_reading"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/check/", imports.import_check, name="import_check"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("imports/<int:pk>/file/", imports.import_source, name="import_source"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide.fragment, name="styleguide_fragment"),
]
