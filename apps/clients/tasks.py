"""What beat asks of the client base."""

from celery import shared_task

from apps.clients.actions.searching import start_search


@shared_task
def find_duplicates_task() -> int:
    """Once a day: look through the base for likely duplicates; the number of the job."""
    return start_search(by=None).pk
