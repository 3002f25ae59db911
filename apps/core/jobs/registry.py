"""What each kind of job is called, who does it, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.core.models import Job

if TYPE_CHECKING:
    from apps.core.jobs.running import RunningJob

Handler = Callable[["RunningJob"], None]
ChildrenHandler = Callable[[Job], None]


@dataclass(frozen=True)
class Kind:
    run: Handler
    title: Any
    url: Callable[[Job], str] | None


_kinds: dict[str, Kind] = {}
_after_children: dict[str, ChildrenHandler] = {}


def job_handler(
    kind: str, *, title: Any = "", url: Callable[[Job], str] | None = None
) -> Callable[[Handler], Handler]:
    """Let the function do the jobs of `kind`.

    `title` is a lazy name for the progress page, `url(job)` the page with what came out.
    """

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(handler, title, url)
        return handler

    return register


def children_handler(kind: str) -> Callable[[ChildrenHandler], ChildrenHandler]:
    """Call the function with a parent job of `kind` once it and all its children have ended.

    It runs in the transaction that ended the last of them, with the parent locked, so exactly once
    a wave of children: it may enqueue the next step, or more children of the same parent. Children
    that failed have ended as well: `parent.children.filter(status="failed")`.
    """

    def register(handler: ChildrenHandler) -> ChildrenHandler:
        _after_children[kind] = handler
        return handler

    return register


def kind_of(job: Job) -> Kind:
    """Raises LookupError for a kind that no room knows."""
    if job.kind not in _kinds:
        raise LookupError(f"nobody handles jobs of kind {job.kind!r}")
    return _kinds[job.kind]


def job_title(job: Job) -> str:
    """What the work is called, for people."""
    known = _kinds.get(job.kind)
    return str(known.title) if known and known.title else job.kind


def result_url(job: Job) -> str:
    """Where the outcome of a finished job is seen; "" when there is no such page."""
    known = _kinds.get(job.kind)
    return known.url(job) if known and known.url else ""


def after_children(parent: Job) -> None:
    if handler := _after_children.get(parent.kind):
        handler(parent)
