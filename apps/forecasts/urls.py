from django.urls import path

from apps.forecasts import views

app_name = "forecasts"
urlpatterns = [path("", views.forecast, name="forecast")]
