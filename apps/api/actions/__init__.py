from apps.api.actions.intake import (
    Inquiry,
    TooOften,
    receive_inquiry,
    remember_spam,
)
from apps.api.actions.tokens import create_token, revoke_token, use_token

__all__ = [
    "Inquiry",
    "TooOften",
    "create_token",
    "receive_inquiry",
    "remember_spam",
    "revoke_token",
    "use_token",
]
