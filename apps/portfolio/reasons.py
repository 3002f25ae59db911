"""Why a client moves to this very person, in words: from the codes kept with the move."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.numerals import percent


def in_words(why: list[dict[str, Any]]) -> str:
    """One line for a person to read; "" for nothing."""
    return "; ".join(sentence(reason) for reason in why)


def sentence(reason: dict[str, Any]) -> str:
    code, name, count = reason["code"], reason.get("name", ""), reason.get("count", 0)
    share = percent(reason.get("share", 0), 0)
    if code == "knows_city":
        text = ngettext(
            "knows the town: %(count)d client in %(name)s",
            "knows the town: %(count)d clients in %(name)s",
            count,
        )
        return text % {"count": count, "name": name}
    if code == "knows_industry":
        text = ngettext(
            "knows the industry: %(count)d client in “%(name)s”",
            "knows the industry: %(count)d clients in “%(name)s”",
            count,
        )
        return text % {"count": count, "name": name}
    sentences = {
        "no_owner": _("nobody looks after the client"),
        "owner_left": _("the owner no longer works here"),
        "owner_gives": _("the owner hands his clients over"),
        "owner_over": _("the owner is loaded %(share)s") % {"share": share},
        "has_room": _("the new owner has room: loaded %(share)s") % {"share": share},
        "evens_out": _("evens out load and potential of the team"),
    }
    return sentences[code]
