from django.urls import path

from apps.core.views import health, preferences, search, styleguide

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("search/", search.search, name="search"),
    path("language/", preferences.set_language, name="set_language"),
    path("theme/", preferences.set_theme, name="set_theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide.fragment, name="styleguide_fragment"),
]
