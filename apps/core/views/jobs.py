"""How far the work in the background is: a page, and the fragment it asks for every second."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from apps.core.access import signed_in
from apps.core.jobs import job_title, result_url
from apps.core.models import Job


@require_GET
@signed_in
def job(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    context = {"job": found, "title": job_title(found), "result_url": result_url(found)}
    template = "core/_job.html" if request.headers.get("HX-Request") else "core/job.html"
    return render(request, template, context)
