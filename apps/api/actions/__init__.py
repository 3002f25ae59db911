from apps.api.actions.calendars import feed_of, make_feed, revoke_feed, served
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
    "feed_of",
    "make_feed",
    "receive_inquiry",
    "remember_spam",
    "revoke_feed",
    "revoke_token",
    "served",
    "use_token",
]
