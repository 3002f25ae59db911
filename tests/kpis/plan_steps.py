"""A plan on its way, for tests of what comes after."""

from datetime import date

from apps.kpis.actions.approval import approve_plan, submit_plan

FAR = date(2100, 1, 1)


def submitted(version, *, by=None, answer_by=FAR, words=""):
    return submit_plan(version, by=by or version.author, answer_by=answer_by, words=words)


def approved(version, *, by):
    """The version sent by its author and approved by `by`."""
    return approve_plan(submitted(version), by=by)
