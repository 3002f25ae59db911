"""The first page by role, the head's screen, an employee's page, the first steps."""

from tests.rights import only, page, rows, scoped

RIGHTS = {
    "dashboard:today": page("302"),
    "dashboard:department": page(**only("lead head director")),
    "dashboard:employee": rows(lambda owner: {"pk": owner.pk}, **scoped(closed="hr admin")),
    "dashboard:debt_figures": page(**only("seller lead head director")),
    "dashboard:my_day": page(**only("seller lead head")),
    "dashboard:first_steps": page(**only("head admin")),
    "dashboard:name_company": page(**only("admin", 422), methods="POST"),
    "dashboard:found_department": page(**only("admin", 422), methods="POST"),
    "dashboard:make_pipeline": page(**only("head admin", 302), methods="POST"),
    "dashboard:finish_first_steps": page(**only("head admin", 302), methods="POST"),
}
