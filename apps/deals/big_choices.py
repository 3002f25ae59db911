"""Closed lists of the work on big deals."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DealPart(models.TextChoices):
    """What a contact is in the decision of the client."""

    DECIDES = "decides", _("makes the decision")
    INFLUENCES = "influences", _("influences the decision")
    USES = "uses", _("will use it")
    BUYS = "buys", _("procurement")
    PAYS = "pays", _("allots the money")
    COACH = "coach", _("our guide inside")
    BLOCKS = "blocks", _("can block it")


class Attitude(models.TextChoices):
    """How a contact stands towards our offer, from the best to the worst."""

    CHAMPION = "champion", _("fights for us")
    FRIEND = "friend", pgettext_lazy("attitude", "for us")
    NEUTRAL = "neutral", pgettext_lazy("attitude", "neutral")
    SCEPTIC = "sceptic", pgettext_lazy("attitude", "sceptical")
    ENEMY = "enemy", pgettext_lazy("attitude", "against us")
    UNKNOWN = "unknown", pgettext_lazy("attitude", "not known yet")


class Grade(models.IntegerChoices):
    """Influence: three steps are as fine as people can tell apart."""

    LOW = 1, pgettext_lazy("grade", "low")
    MIDDLE = 2, pgettext_lazy("grade", "medium")
    HIGH = 3, pgettext_lazy("grade", "high")


class RiskGrade(models.IntegerChoices):
    """Probability and impact of a risk; the same steps, other words where words have a gender."""

    LOW = 1, pgettext_lazy("risk grade", "low")
    MIDDLE = 2, pgettext_lazy("risk grade", "medium")
    HIGH = 3, pgettext_lazy("risk grade", "high")


# Where the influence of a newcomer to the map begins, until somebody knows better.
USUAL_INFLUENCE = {
    DealPart.DECIDES: Grade.HIGH,
    DealPart.PAYS: Grade.HIGH,
    DealPart.BLOCKS: Grade.HIGH,
    DealPart.USES: Grade.LOW,
}


class Side(models.TextChoices):
    """Who promised a step of the mutual plan."""

    OURS = "ours", pgettext_lazy("side", "we")
    THEIRS = "theirs", pgettext_lazy("side", "the client")


class RiskEnd(models.TextChoices):
    OPEN = "", pgettext_lazy("risk", "open")
    GONE = "gone", pgettext_lazy("risk", "averted")
    CAME = "came", pgettext_lazy("risk", "came true")


class HelpState(models.TextChoices):
    OPEN = "open", pgettext_lazy("help", "waits")
    ANSWERED = "answered", pgettext_lazy("help", "answered")
    JOINED = "joined", pgettext_lazy("help", "the leader takes part")
    DECLINED = "declined", pgettext_lazy("help", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("help", "withdrawn")


class HelpEventKind(models.TextChoices):
    ASKED = "asked", pgettext_lazy("help event", "asked for help")
    ANSWERED = "answered", pgettext_lazy("help event", "answered")
    JOINED = "joined", pgettext_lazy("help event", "takes part in the deal")
    DECLINED = "declined", pgettext_lazy("help event", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("help event", "withdrew the request")


# With these the leader has taken part in the deal.
TAKING_PART = (HelpEventKind.ANSWERED, HelpEventKind.JOINED)
