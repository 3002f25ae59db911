"""The forecast of a month: two simple methods side by side, with their past."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.access import requires


@require_GET
@requires("forecasts.view_forecast")
def forecast(request):
    return render(request, "forecasts/forecast.html")
