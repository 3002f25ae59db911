"""JSON of strangers: small, without NaN, without a key said twice, and never a crash."""

import json
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

# A form of a person is some KB; so much the front server lets through as well.
LARGEST = 2 * 1024 * 1024


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = _("The body is larger than 2 MB.")
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        text = stream.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise BodyTooLarge
        try:
            return json.loads(
                text.decode("utf-8"), object_pairs_hook=once_each, parse_constant=refused
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is no JSON that we understand.")) from error


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is said twice")
    return found


def refused(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
