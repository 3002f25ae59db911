"""Clients, contacts, sources. A row without permission is 403, a row out of scope 404."""

from django.utils import timezone

from apps.clients.models import Merge
from tests.factories.clients import ClientFactory, ConsentFactory, ContactFactory, SourceFactory
from tests.factories.staff import UserFactory
from tests.rights import only, page, rows, scoped

NOT_SELLING = "director hr admin"
LEADERS = "seller director hr admin"


def client(owner):
    return {"pk": ClientFactory(owner=owner).pk}


def client_of(owner):
    return {"client": ClientFactory(owner=owner).pk}


def contact(owner):
    return {"pk": ContactFactory(client=ClientFactory(owner=owner)).pk}


def archived(model):
    """The same row in the bin."""

    def make(owner):
        row = ClientFactory(owner=owner)
        row = ContactFactory(client=row) if model == "contact" else row
        type(row).objects.filter(pk=row.pk).update(archived_at="2026-11-01T00:00:00Z")
        return {"pk": row.pk}

    return make


def source(owner):
    return {"pk": SourceFactory().pk}


def pair(owner):
    return {"pk": ClientFactory(owner=owner).pk, "other": ClientFactory(owner=owner).pk}


def contact_pair(owner):
    client = ClientFactory(owner=owner)
    return {"pk": ContactFactory(client=client).pk, "other": ContactFactory(client=client).pk}


def consent(owner):
    return {"pk": ConsentFactory(client=ClientFactory(owner=owner)).pk}


def merged(owner):
    """A merge made by an administrator of the base itself, so that everybody's rights differ."""
    kept, gone = ClientFactory.create_batch(2, owner=owner)
    gone.archived_at, gone.merged_into = timezone.now(), kept
    gone.save()
    merge = Merge.objects.create(
        subject="client", kept_id=kept.pk, gone_id=gone.pk, author=UserFactory()
    )
    return {"pk": merge.pk}


RIGHTS = {
    "clients:client_list": page(**only("seller lead head director admin")),
    "clients:client_export": rows(
        lambda owner: {"kind": "csv"},
        hr="403 403 403 403",
        admin="403 403 403 403",
    ),
    "clients:client_create": page(**only("seller lead head"), methods="GET POST"),
    "clients:duplicates": page(**only("seller lead head")),
    "clients:client_options": page(**only("seller lead head director admin")),
    "clients:source_list": page(**only("head admin"), methods="GET POST"),
    "clients:source_change": rows(
        source,
        "302 302 302 302",
        methods="POST",
        data={"name": "Выставка"},
        **dict.fromkeys(("seller", "lead", "director", "hr"), "403 403 403 403"),
    ),
    "clients:client": rows(client, **scoped()),
    "clients:client_edit": rows(client, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "clients:client_assign": rows(client, methods="GET POST", **scoped(closed=LEADERS)),
    "clients:client_archive": rows(client, methods="POST", **scoped(302, closed=LEADERS)),
    "clients:client_restore": rows(
        archived("client"), methods="POST", **scoped(302, closed=LEADERS)
    ),
    "clients:tag_options": page(**only("seller lead head director admin")),
    "clients:client_tags": rows(
        client, methods="GET POST", posted=302, **scoped(closed=NOT_SELLING)
    ),
    "clients:client_tag": rows(client, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "clients:client_merges": rows(client, **scoped()),
    "clients:client_consents": rows(client, **scoped()),
    "clients:client_merge_with": rows(client, methods="GET POST", **scoped(closed=LEADERS)),
    "clients:client_merge": rows(pair, methods="GET POST", data={}, **scoped(closed=LEADERS)),
    "clients:contact_merge": rows(contact_pair, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "clients:merge": rows(merged, **scoped()),
    # A seller may undo a merge of contacts, so the address is open to him; of clients he may not.
    "clients:merge_undo": rows(
        merged,
        methods="POST",
        **scoped(302, closed=NOT_SELLING, seller="403 404 404 404"),
    ),
    "clients:duplicate_list": page(**only("lead head director admin")),
    "clients:duplicate_search": page(**only("lead head", 302), methods="POST"),
    "clients:duplicate_different": rows(pair, methods="POST", **scoped(302, closed=LEADERS)),
    "clients:consent_create": rows(client, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "clients:consent_withdraw": rows(consent, methods="GET POST", **scoped(closed=NOT_SELLING)),
    # The section belongs to the page of the client: alone it leads there.
    "clients:contact_list": rows(client_of, **scoped(302)),
    "clients:contact_create": rows(client_of, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "clients:contact_edit": rows(contact, methods="GET POST", **scoped(closed=NOT_SELLING)),
    "clients:contact_archive": rows(contact, methods="POST", **scoped(302, closed=NOT_SELLING)),
    "clients:contact_restore": rows(
        archived("contact"), methods="POST", **scoped(302, closed=NOT_SELLING)
    ),
}
