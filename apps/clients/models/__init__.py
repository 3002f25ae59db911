from apps.clients.models.clients import (
    CLIENT_SEARCH,
    CONTACT_SEARCH,
    Client,
    Contact,
    OwnerChange,
    Source,
)
from apps.clients.models.depth import (
    AnswerNorm,
    Consent,
    Different,
    LikelyDuplicate,
    Merge,
    MergedRows,
)

__all__ = [
    "CLIENT_SEARCH",
    "CONTACT_SEARCH",
    "AnswerNorm",
    "Client",
    "Consent",
    "Contact",
    "Different",
    "LikelyDuplicate",
    "Merge",
    "MergedRows",
    "OwnerChange",
    "Source",
]
