"""Which faults have a test: each names its numbers ("X05", "X16-X20") in its first lines.

X01, X02: a child or a whole worker is killed; X03: two starts; X04: beat was dead for three days; X05: a
second delivery; X06: the queue is lost; X07, X08: Redis is down; X16-X20: two people, two clicks, two
windows; X22: a month is closed meanwhile; X23-X25: imports killed, doubled, overlapping; X28: clocks and
time zones.
"""

import re
from pathlib import Path

NUMBER = re.compile(r"\bX(\d\d)\b")
WANTED = {*range(1, 9), *range(16, 21), *range(22, 26), 28}


def test_each_fault_has_a_test():
    tests = [
        path for path in Path(__file__).parents[1].rglob("test_*.py") if path != Path(__file__)
    ]
    found = {int(number) for path in tests for number in NUMBER.findall(path.read_text("utf-8"))}

    assert WANTED - found == set()
