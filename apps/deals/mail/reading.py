"""Reads one letter (RFC 5322) by the standard library; attachments are not kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

SHOWN_TEXT = 1000
MAX_ADDRESSES = 100
TAGS = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
BLANKS = re.compile(r"[ \t\u00a0]+")
# What a mail program puts before the letter that is answered.
QUOTED = re.compile(
    r"^(?:>|-{2,}\s*(?:Original|Исходное|Пересылаемое)|.{0,80}(?:писал|wrote)\(?а?\)?:\s*$)"
)


class UnreadableLetter(ValueError):
    """`code`: "no_sender", "no_date"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Letter:
    """`key` is the Message-ID, else a digest of the headers; addresses are in lower case."""

    key: str
    at: datetime
    sender: str
    receivers: tuple[str, ...]
    subject: str
    text: str


def read_letter(content: bytes) -> Letter:
    """Raises UnreadableLetter."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    senders = addresses(message, "From")
    if not senders:
        raise UnreadableLetter("no_sender")
    at = sent_at(message)
    receivers = addresses(message, "To", "Cc")
    subject = one_line(header(message, "Subject"))[:255]
    return Letter(
        key=key_of(message, at, senders[0], subject),
        at=at,
        sender=senders[0],
        receivers=tuple(receivers),
        subject=subject,
        text=own_words(message),
    )


def header(message: EmailMessage, name: str) -> str:
    """The header as text; a broken one is no reason to refuse the letter."""
    try:
        return str(message.get(name, "") or "")
    except (ValueError, IndexError, AttributeError, TypeError):
        return ""


def addresses(message: EmailMessage, *names: str) -> list[str]:
    raw = [header(message, name) for name in names]
    found = (address.strip().lower() for _name, address in getaddresses(raw))
    return list(dict.fromkeys(address for address in found if "@" in address))[:MAX_ADDRESSES]


def sent_at(message: EmailMessage) -> datetime:
    try:
        at = message["Date"].datetime
    except (AttributeError, ValueError, TypeError, IndexError):
        at = None
    if at is None:
        raise UnreadableLetter("no_date")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def key_of(message: EmailMessage, at: datetime, sender: str, subject: str) -> str:
    named = header(message, "Message-ID").strip().strip("<>")
    if named and len(named) <= 150:
        return named
    parts = "\n".join((named, at.isoformat(), sender, subject))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()


def own_words(message: EmailMessage) -> str:
    """The beginning of what was written, without the letter that it answers."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        return ""
    if part.get_content_type() == "text/html":
        text = TAGS.sub(" ", text)
    lines: list[str] = []
    for line in text.replace("\x00", "").splitlines():
        if QUOTED.match(line.strip()):
            break
        lines.append(BLANKS.sub(" ", line).strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:SHOWN_TEXT]


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
