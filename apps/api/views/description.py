"""The description of the API in OpenAPI: for those who connect systems, not for the world."""

from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from apps.core.access import requires

# `requires` asks the session; the view behind it has nobody else to ask.
schema = requires("api.view_schema")(
    SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
)
# The framework opens its views to people who are not logged in; this one is not for them.
schema.login_required = True  # type: ignore[attr-defined]
