"""Closed lists of the deals room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StageKind(models.TextChoices):
    LEAD = "lead", _("lead")
    OPEN = "open", _("in progress")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class Outcome(models.TextChoices):
    OPEN = "open", _("open")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class ExitField(models.TextChoices):
    """What a stage may ask for before a deal moves beyond it."""

    CLIENT = "client", _("client")
    AMOUNT = "amount", _("amount")
    EXPECTED_CLOSE = "expected_close_on", _("expected close")
    CONTACT = "contact", _("contact")
    LINES = "lines", _("products")
    SCHEDULE = "schedule", _("payment schedule")
    NEXT_STEP = "next_step", _("next step")


class ActivityKind(models.TextChoices):
    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    EMAIL = "email", pgettext_lazy("activity", "e-mail")
    NOTE = "note", pgettext_lazy("activity", "note")


class ActivityOutcome(models.TextChoices):
    AGREED = "agreed", _("agreed")
    CALL_BACK = "call_back", _("call back")
    NO_ANSWER = "no_answer", _("no answer")
    REFUSED = "refused", pgettext_lazy("activity", "refused")
    NONE = "", "–"


class ActivityOrigin(models.TextChoices):
    """Measured activity (a call log) is told from typed one."""

    TYPED = "typed", _("typed")
    MEASURED = "measured", _("measured")


class StepState(models.TextChoices):
    """How pressing the next step is; told by a word and an icon, not by colour alone."""

    NONE = "none", _("no next step")
    OVERDUE = "overdue", _("overdue")
    TODAY = "today", _("today")
    FUTURE = "future", _("planned")


class HygieneGap(models.TextChoices):
    """What an open deal lacks to be believed (F18)."""

    NO_STEP = "no_step", _("no next step")
    STEP_OVERDUE = "step_overdue", _("the next step is overdue")
    NO_CLOSE_DAY = "no_close_day", _("no expected close")
    CLOSE_PASSED = "close_passed", _("the expected close has passed")
    NO_CLIENT = "no_client", _("no client")
    NO_AMOUNT = "no_amount", _("no amount")
    STAGE_FIELDS = "stage_fields", _("fields of earlier stages are empty")
    TASK_OVERDUE = "task_overdue", _("a task is overdue")


class EventKind(models.TextChoices):
    """What the timeline of a deal can be narrowed to."""

    ALL = "", _("all events")
    ACTIVITIES = "activities", _("activities")
    MOVES = "moves", _("stage moves")
    MONEY = "money", _("money")


class AgeBucket(models.TextChoices):
    """Ageing of a debt by days after the due day (F17)."""

    NOT_DUE = "not_due", _("not due yet")
    DAYS_30 = "1_30", _("1–30 days")
    DAYS_60 = "31_60", _("31–60 days")
    DAYS_90 = "61_90", _("61–90 days")
    OLDER = "over_90", _("over 90 days")


# The code of the reason that imports write and people cannot choose.
NOT_STATED = "not_stated_import"


class PaymentState(models.TextChoices):
    """Where a payment of a bank statement stands."""

    SURE = "sure", pgettext_lazy("payment", "matched")
    DOUBTFUL = "doubtful", pgettext_lazy("payment", "to be looked at")
    UNKNOWN = "unknown", pgettext_lazy("payment", "payer unknown")
    BOOKED = "booked", pgettext_lazy("payment", "booked")
    SKIPPED = "skipped", pgettext_lazy("payment", "set aside")


class MatchReason(models.TextChoices):
    """Why a payment of a bank statement is matched, or what is doubtful about it."""

    NUMBER = "number", _("the number stands in the purpose of the payment")
    AMOUNT = "amount", _("the only debt of exactly this sum")
    ALL_DEBTS = "all_debts", _("exactly all debts of the client together")
    NO_DEBTS = "no_debts", _("the client owes nothing: an advance?")
    SEVERAL_EQUAL = "several_equal", _("several debts of the same sum")
    SEVERAL_DEALS = "several_deals", _("the purpose names several deals")
    MORE_THAN_NAMED = "more_than_named", _("more than the named debt")
    AMOUNT_DIFFERS = "amount_differs", _("the sum fits no debt")
    LOOKS_RECORDED = "looks_recorded", _("such a payment has been recorded by hand")
    SEVERAL_CLIENTS = "several_clients", _("several clients have this INN")
    NO_CLIENT = "no_client", _("no client has this INN")
    NO_INN = "no_inn", _("the bank gave no INN of the payer")
    CHANGED = "changed", _("the debts have changed since it was read")
    TAKEN_BACK = "taken_back", _("the booking was taken back")


class LetterFate(models.TextChoices):
    """What became of a letter that was uploaded."""

    KEPT = "kept", _("logged")
    KNOWN = "known", _("known already")
    NO_CLIENT = "no_client", _("no client you see has any of its addresses")
    SEVERAL_CLIENTS = "several_clients", _("its addresses belong to several clients")
    NOT_OURS = "not_ours", _("none of its addresses is of your people")
    FUTURE = "future", _("its date lies in the future")
    UNREADABLE = "unreadable", _("it has no sender or no date")


class DebtCallResult(models.TextChoices):
    """How a talk with a debtor ended."""

    PROMISED = "promised", pgettext_lazy("debtor", "promised to pay")
    CALL_BACK = "call_back", pgettext_lazy("debtor", "asked to call back")
    NO_ANSWER = "no_answer", pgettext_lazy("debtor", "no answer")
    DISPUTES = "disputes", pgettext_lazy("debtor", "disputes the debt")
    REFUSES = "refuses", pgettext_lazy("debtor", "refuses to pay")


class PromiseState(models.TextChoices):
    """What became of a promise to pay; computed from the receipts, never typed in."""

    OPEN = "open", pgettext_lazy("promise", "awaited")
    KEPT = "kept", pgettext_lazy("promise", "kept")
    PART_KEPT = "part", pgettext_lazy("promise", "kept in part")
    BROKEN = "broken", pgettext_lazy("promise", "broken")


class PaymentTerms(models.TextChoices):
    """The usual schedules of a won deal, offered where it is closed."""

    FULL = "full", pgettext_lazy("terms", "one payment")
    HALF = "half", pgettext_lazy("terms", "50% first, then the rest")
    THIRD = "third", pgettext_lazy("terms", "30% first, then the rest")
    LATER = "later", pgettext_lazy("terms", "plan the payments later")


class CallResult(models.TextChoices):
    """What came of a call that checks why a deal was lost; empty while it is to be made."""

    DUE = "", _("to be made")
    REACHED = "reached", _("the client named the reason")
    UNREACHED = "unreached", _("the client could not be reached")
