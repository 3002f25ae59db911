"""The analysis of the client base: everybody sees that of his clients, the head sets the rules."""

from tests.factories.clients import ClientFactory
from tests.rights import only, page, rows, scoped

SEERS = only("seller lead head director admin")


def client(owner):
    return {"pk": ClientFactory(owner=owner).pk}


def csv(owner):
    return {"kind": "csv"}


def norm(owner):
    return {"abc": "A"}


RIGHTS = {
    "portfolio:segments": page(**SEERS),
    "portfolio:segment_clients": page(**SEERS),
    "portfolio:segment_export": rows(csv, hr="403 403 403 403", admin="403 403 403 403"),
    "portfolio:client_segment": rows(client, **scoped()),
    "portfolio:migration": page(**SEERS),
    "portfolio:segments_start": page(**only("head", 302), methods="POST"),
    "portfolio:rules": page(**only("head"), methods="GET POST", posted=422),
    "portfolio:health": page(**SEERS),
    "portfolio:reactivation": page(**SEERS),
    "portfolio:service": page(**SEERS),
    "portfolio:norm": rows(
        norm,
        methods="GET POST",
        posted=422,
        **dict.fromkeys(("seller", "lead", "director", "hr", "admin"), "403 403 403 403"),
    ),
    "portfolio:potential": page(**SEERS),
    "portfolio:potential_set": rows(
        client, methods="POST", **scoped(302, closed="director hr admin")
    ),
}
