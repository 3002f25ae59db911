"""KPI schemes and scorecards: rules are known to those they concern, results to those who see the work."""

from apps.kpis.models import KpiScheme, SchemeVersion
from tests.rights import FORBIDDEN, OPEN, only, page, rows, scoped

READERS = "seller lead head director"


def scheme(owner):
    """A scheme of that person alone."""
    return {"pk": KpiScheme.objects.create(name="Личная", user=owner, author=owner).pk}


def draft(owner):
    scheme_pk = scheme(owner)["pk"]
    return {
        "pk": SchemeVersion.objects.create(scheme_id=scheme_pk, number=1, author=owner).pk,
    }


def person(owner):
    return {"pk": owner.pk}


def changed(ok, **rest):
    """Heads and the director change the schemes of their people, none of their own."""
    answers = {
        "head": f"404 {ok} {ok} 404",
        "director": f"404 {ok} {ok} {ok}",
        **dict.fromkeys(("seller", "lead", "hr", "admin"), FORBIDDEN),
    }
    return answers | rest


RIGHTS = {
    "kpis:scorecard_list": page(**only(READERS) | {"seller": "302"}),
    "kpis:scorecard_panel": page(**only(READERS, 302)),
    "kpis:scorecard": rows(person, **scoped(closed="hr admin")),
    "kpis:scheme_list": page(**only(f"{READERS} hr")),
    "kpis:scheme": rows(scheme, **scoped(closed="admin", hr=OPEN)),
    "kpis:scheme_create": page(**only("head director"), methods="GET POST"),
    "kpis:scheme_edit": rows(scheme, **changed(200), methods="GET POST"),
    "kpis:scheme_start": rows(draft, **changed(200), methods="GET POST", posted=422),
    "kpis:scheme_try": rows(draft, **changed(302), methods="POST"),
    "kpis:scheme_keep": rows(scheme, **changed(302), methods="POST"),
    "kpis:scheme_end": rows(scheme, **changed(302), methods="POST"),
}
