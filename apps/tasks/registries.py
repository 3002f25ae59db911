"""What this room adds to the frame, to other pages, to the bell and to a dismissal."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.access import grant
from apps.core.calendar_feeds import Source, add_source
from apps.core.menu import Entry, add_to_creation, add_to_navigation
from apps.core.notifying import register_kind
from apps.core.panels import Panel, add_panel
from apps.core.settings_pages import SettingsPage, add_settings_page
from apps.staff import leaving
from apps.staff.choices import Role
from apps.tasks import actions, calendar_feed
from apps.tasks.models import Task

EVERYONE = tuple(Role)


def grant_permissions() -> None:
    for permission in ("tasks.view_task", "tasks.add_task", "tasks.change_task"):
        grant(permission, to=EVERYONE)
    # Seeing other people's tasks needs people whose work one sees.
    grant("tasks.view_team", to=[Role.LEAD, Role.HEAD, Role.DIRECTOR, Role.ADMIN])
    grant("tasks.change_ladder", to=[Role.HEAD, Role.ADMIN])
    grant("tasks.change_cause", to=[Role.HEAD, Role.ADMIN])


def own_overdue(person, now):
    """The person's own tasks that are late."""
    return Task.objects.overdue(now).filter(assignee=person)


def add_entries() -> None:
    add_to_navigation(
        Entry(
            _("Tasks"),
            "tasks:task_list",
            "check2-square",
            "tasks.view_task",
            65,
            counted_by=own_overdue,
            prefixes=("tasks:",),
        )
    )
    add_to_creation(Entry(_("Task"), "tasks:task_create", "check2-square", "tasks.add_task", 40))


def add_settings() -> None:
    add_settings_page(
        SettingsPage(
            "tasks:ladder",
            _("Terms of tasks"),
            _("When people are reminded, and who hears of a missed term"),
            "alarm",
            46,
            "tasks.change_ladder",
        )
    )

    add_settings_page(
        SettingsPage(
            "tasks:cause_list",
            _("Causes of delay"),
            _("What people may name when a task was done late"),
            "clock-history",
            47,
            "tasks.change_cause",
        )
    )


def add_panels() -> None:
    for page in ("deals.deal", "clients.client"):
        add_panel(
            Panel(
                page,
                "tasks",
                40,
                "tasks.view_task",
                _("Tasks"),
                lambda row: reverse("tasks:subject_tasks", args=[row._meta.label_lower, row.pk]),
            )
        )


def register_kinds() -> None:
    register_kind(actions.ASSIGNED, _("A task is set to me"))
    register_kind(actions.HELPING, _("I am to help with a task"))
    register_kind(actions.DONE, _("My task is done"))
    register_kind(actions.ACCEPTED, _("My work is accepted"))
    register_kind(actions.RETURNED, _("A task is returned to me"))
    register_kind(actions.REMINDER, _("My task is soon due"))
    register_kind(actions.OVERDUE, _("My task is past its term"))
    register_kind(actions.ESCALATED, _("A task of my people is long overdue"))


def hand_over_tasks() -> None:
    leaving.register("tasks", _("open tasks"), count=actions.open_tasks, move=actions.move_tasks)


def offer_to_calendars() -> None:
    add_source(
        Source("tasks", _("my open tasks, on the day they are due"), calendar_feed.entries_of)
    )
