from django.urls import URLPattern

app_name = "portfolio"
segment_urls: list[URLPattern] = []
urlpatterns = [*segment_urls]
