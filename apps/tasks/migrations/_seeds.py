"""Rows that every department begins with."""

CAUSES = ("client", "department", "overload", "forgot", "unclear", "other")


def make_causes(apps, schema_editor):
    """Without names: those of the product speak the language of who reads them."""
    causes = apps.get_model("tasks", "DelayCause").objects
    for number, code in enumerate(CAUSES, 1):
        causes.get_or_create(
            code=code, defaults={"order": number * 10, "needs_comment": code == "other"}
        )
