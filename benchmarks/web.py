"""Requests to the real WSGI application in this process, counted and weighed."""

import gzip
import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.wsgi import get_wsgi_application
from django.db import connection

from benchmarks.clock import backend_pid, cpu_of, median, pace, percentile

CSRF = "b" * 32
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
BACKEND = "apps.staff.backends.PersonBackend"


@dataclass
class Answer:
    status: int
    body: bytes
    location: str = ""


@dataclass
class Figures:
    """Of one page at one size; milliseconds and bytes."""

    p50: float
    p95: float
    app_cpu: float
    db_cpu: float
    statements: int
    gzip_bytes: int
    pace: float  # of the machine, measured between the requests
    assets: dict[str, int] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        return self.app_cpu + self.db_cpu


class Site:
    """The product as `user` sees it."""

    def __init__(self, user: Any):
        self.application = get_wsgi_application()
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={_session_of(user)}; "
        self.cookies += f"{settings.CSRF_COOKIE_NAME}={CSRF}"

    def get(self, address: str) -> Answer:
        return self._ask("GET", address)

    def post(self, address: str, form: dict[str, Any]) -> Answer:
        return self._ask("POST", address, urlencode({**form, "csrfmiddlewaretoken": CSRF}).encode())

    def stream(self, address: str) -> Iterator[bytes]:
        """The parts of the answer as they come."""
        response, _ = self._begin("GET", address)
        try:
            yield from response
        finally:
            response.close()

    def _ask(self, method: str, address: str, body: bytes = b"") -> Answer:
        response, told = self._begin(method, address, body)
        try:
            content = b"".join(response)
        finally:
            response.close()
        return Answer(int(told[0].split()[0]), content, told[1].get("Location", ""))

    def _begin(self, method: str, address: str, body: bytes = b"") -> tuple[Any, list[Any]]:
        path, _, query = address.partition("?")
        told: list[Any] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            told.extend([status, dict(headers)])

        response = self.application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_HOST": "localhost",
                "HTTP_COOKIE": self.cookies,
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": io.StringIO(),
                "wsgi.multithread": False,
                "wsgi.multiprocess": True,
                "wsgi.run_once": False,
            },
            start_response,
        )
        return response, told


def _session_of(user: Any) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements sent within the block."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def measure(asks: list[Callable[[], Answer]], *, times: int, warm_up: int = 5) -> Figures:
    """Ask in turn `times` times; every answer must be a page: a redirect would cost next to nothing."""
    turns = cycle(asks)
    for _ in range(warm_up):
        _checked(next(turns)())
    statements, sample = _heaviest(asks)
    pid, walls, paces, app = backend_pid(), [], [], 0.0
    db = cpu_of(pid)
    for _ in range(times):
        spent, begun = time.process_time(), time.perf_counter()
        answer = next(turns)()
        walls.append((time.perf_counter() - begun) * 1000)
        app += time.process_time() - spent
        _checked(answer)
        paces.append(pace())
    db = cpu_of(pid) - db
    return Figures(
        p50=median(walls),
        p95=percentile(walls, 0.95),
        app_cpu=app * 1000 / times,
        db_cpu=db * 1000 / times,
        statements=statements,
        gzip_bytes=len(gzip.compress(sample, 6)),
        pace=median(paces),
        assets=_assets_of(sample),
    )


def _heaviest(asks: list[Callable[[], Answer]]) -> tuple[int, bytes]:
    """The most statements that any of the addresses takes, and the longest of their answers: a list
    that happens to be empty takes fewer and says nothing of the others."""
    most, longest = 0, b""
    for ask in asks:
        with counted() as statements:
            body = _checked(ask()).body
        most, longest = max(most, len(statements)), max(longest, body, key=len)
    return most, longest


def _checked(answer: Answer) -> Answer:
    if answer.status != 200:
        raise RuntimeError(f"answered {answer.status} {answer.location}: {answer.body[:300]!r}")
    return answer


def _assets_of(body: bytes) -> dict[str, int]:
    """Compressed bytes of the CSS and JavaScript that the page asks for."""
    found = {}
    for address in sorted(set(ASSET.findall(body))):
        name = address.decode().removeprefix(settings.STATIC_URL)
        path = Path(settings.STATIC_ROOT) / name
        if path.exists():
            found[name] = len(gzip.compress(path.read_bytes(), 9))
    return found
