"""What everybody shares: search, jobs, files, notifications, imports, settings."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile

from apps.core.choices import ImportStatus
from apps.core.models import (
    Batch,
    CalendarDay,
    ExchangeRate,
    ImportRun,
    Job,
    Notification,
    SavedView,
    StoredFile,
    Tag,
)
from tests.rights import FORBIDDEN, HIDDEN, OPEN, only, page, rows

ONLY_OWN = "200 404 404 404"
# Everybody sees his own imports, an administrator everybody's; the director imports nothing.
IMPORTERS = "seller lead head hr admin"


def job(owner):
    return {"pk": Job.objects.create(kind="nothing", key=str(uuid4()), author=owner).pk}


def stored(owner):
    made = StoredFile(purpose="test", name="a.csv", content_type="text/csv", size=1, owner=owner)
    made.sha256 = "0" * 64
    made.file.save("a.csv", ContentFile(b"1"))
    return made


def file(owner):
    return {"uuid": stored(owner).uuid}


def notification(owner):
    key = str(uuid4())
    row = Notification.objects.create(user=owner, kind="test", title="x", url="/", dedupe_key=key)
    return {"pk": row.pk}


def import_run(owner):
    run = ImportRun.objects.create(
        kind="clients", source=stored(owner), status=ImportStatus.UPLOADED, author=owner
    )
    return {"pk": run.pk}


def calendar_day(owner):
    return {"pk": CalendarDay.objects.create(day=date(2026, 5, 4), is_working=False).pk}


def rate(owner):
    made = ExchangeRate.objects.create(
        currency="USD", starts_on=date(2026, 1, 1), rate=Decimal("90")
    )
    return {"pk": made.pk}


def imported(ok, everybodys):
    """Own runs answer `ok`; an administrator also reaches other people's: `everybodys`."""
    own = f"{ok} 404 404 404"
    answers = dict.fromkeys(IMPORTERS.split(), own)
    return answers | {"director": FORBIDDEN, "admin": everybodys}


def saved_view(owner):
    return {"pk": SavedView.objects.create(owner=owner, room="deals", name="Мои").pk}


def batch(owner):
    return {"pk": Batch.objects.create(author=owner, action="deals.edit", status="undone").pk}


def tag(owner):
    return {"pk": Tag.objects.create(name=str(uuid4())).pk}


def of_admin(ok):
    closed = dict.fromkeys(("seller", "lead", "head", "director", "hr"), FORBIDDEN)
    return closed | {"admin": f"{ok} {ok} {ok} {ok}"}


NOT_SELLING = dict.fromkeys(("director", "hr", "admin"), "403 404 404 404")
TAGGERS = "lead head admin"


def of_taggers(ok):
    """Tags have no owner; leads, heads and the administrator mind them."""
    closed = dict.fromkeys(("seller", "director", "hr"), FORBIDDEN)
    return closed | dict.fromkeys(TAGGERS.split(), f"{ok} {ok} {ok} {ok}")


RIGHTS = {
    "core:tag_list": page(**only(TAGGERS)),
    "core:tag_create": page(**only(TAGGERS)),
    "core:tag_edit": rows(tag, **of_taggers(200)),
    "core:tag_archive": rows(tag, methods="POST", **of_taggers(302)),
    "core:batch_list": page("200"),
    "core:batch": rows(batch, ONLY_OWN),
    # Who may not change the rows may not undo a change either.
    "core:batch_apply": rows(batch, "302 404 404 404", methods="POST", **NOT_SELLING),
    "core:batch_undo": rows(batch, "302 404 404 404", methods="POST", **NOT_SELLING),
    "core:view_bar": rows(lambda owner: {"room": "deals"}),
    "core:view_create": rows(lambda owner: {"room": "deals"}),
    "core:view_edit": rows(saved_view, ONLY_OWN),
    "core:view_pin": rows(saved_view, "302 404 404 404", methods="POST"),
    "core:view_remove": rows(saved_view, "302 404 404 404", methods="POST"),
    "core:healthz": page("200", public=True),
    # No beat runs beside the tests: open, but not ready.
    "core:readyz": page("503", public=True),
    "core:search": page("200", query="?q=Селин"),
    "core:set_language": page("302", public=True, methods="POST"),
    "core:set_theme": page("302", methods="POST"),
    "core:job": rows(job, ONLY_OWN, admin=OPEN),
    "core:file": rows(file, ONLY_OWN),
    "core:history": rows(
        lambda owner: {"model": "staff.user", "pk": owner.pk},
        seller=ONLY_OWN,
        lead="200 200 404 404",
        head="200 200 200 404",
        hr=OPEN,
    ),
    "core:notification_list": page("200"),
    "core:notification_menu": page("200"),
    "core:notification_read": page("302", methods="POST"),
    "core:notification_settings": page("200", methods="GET"),
    "core:notification_open": rows(notification, "302 404 404 404", methods="POST"),
    "core:import_list": page(**only(IMPORTERS)),
    "core:import_upload": page(**only(IMPORTERS, 422), methods="POST"),
    "core:import_sample": rows(
        lambda owner: {"kind": "clients"}, admin=FORBIDDEN, director=FORBIDDEN, hr=FORBIDDEN
    ),
    "core:import": rows(import_run, **imported(200, OPEN)),
    "core:import_reading": rows(import_run, methods="POST", **imported(302, "302 404 404 404")),
    "core:import_columns": rows(import_run, methods="POST", **imported(302, "302 404 404 404")),
    "core:import_check": rows(import_run, methods="POST", **imported(422, "422 404 404 404")),
    "core:import_progress": rows(import_run, **imported(204, "204 204 204 204")),
    "core:import_undo": rows(import_run, methods="POST", **imported(302, "302 404 404 404")),
    "core:import_resume": rows(import_run, methods="POST", **imported(302, "302 404 404 404")),
    "core:import_errors": rows(import_run, HIDDEN, director=FORBIDDEN),
    "core:import_source": rows(import_run, **imported(200, OPEN)),
    "core:settings": page("200"),
    "core:company": page(**only("head admin")),
    "core:calendar": page(**only("head admin")),
    "core:calendar_day_set": page(**only("admin", 422), methods="POST"),
    "core:calendar_day_remove": rows(calendar_day, methods="POST", **of_admin(302)),
    "core:rate_list": page(**only("head admin")),
    "core:rate_add": page(**only("admin", 422), methods="POST"),
    "core:rate_remove": rows(rate, methods="POST", **of_admin(302)),
    "core:styleguide": page(**only("head director admin")),
    "core:styleguide_fragment": rows(
        lambda owner: {"name": "modal"}, seller=FORBIDDEN, lead=FORBIDDEN, hr=FORBIDDEN
    ),
}
