"""JSON of snapshots: money goes in as Decimal and comes out as Decimal, to the cent."""

import json
from datetime import date
from decimal import Decimal
from typing import Any


class PayloadEncoder(json.JSONEncoder):
    """A Decimal below 10**13 with two places has one shortest float, so nothing is lost."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return float(o)
        if isinstance(o, date):
            return o.isoformat()
        return super().default(o)


class PayloadDecoder(json.JSONDecoder):
    def __init__(self, **options: Any) -> None:
        super().__init__(parse_float=Decimal, **options)
