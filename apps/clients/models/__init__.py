from apps.clients.models.clients import (
    CLIENT_SEARCH,
    CONTACT_SEARCH,
    Client,
    Contact,
    OwnerChange,
    Source,
)

__all__ = ["CLIENT_SEARCH", "CONTACT_SEARCH", "Client", "Contact", "OwnerChange", "Source"]
