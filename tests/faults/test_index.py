"""Which faults of the night have a test: each names its numbers ("X05") in its first lines.

X01, X02: a child or a whole worker is killed; X03: two starts; X04: beat was dead for three days; X05: a
second delivery; X06: the queue is lost; X22: a month is closed meanwhile; X28: clocks and time zones.
"""

import re
from pathlib import Path

OF_THE_NIGHT = {1, 2, 3, 4, 5, 6, 22, 28}


def test_each_fault_of_the_night_has_a_test():
    tests = [
        path for path in Path(__file__).parents[1].rglob("test_*.py") if path != Path(__file__)
    ]
    found = {
        int(number)
        for path in tests
        for number in re.findall(r"\bX(\d\d)\b", path.read_text("utf-8"))
    }

    assert OF_THE_NIGHT - found == set()
