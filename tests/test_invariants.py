"""What is always true, by number, and that a test holds each: "invariant 7", "invariants 2-5, 9-12".

1: parts of a plan equal the whole; 2: a shared deal counts once for the team; 3: no win without its sum
and day through any door; 4: an edit moves no money between months; 5: a deal enters a stage once; 6: what
is approved never changes; 7: a statement is the sum of its lines, recounted; 8: a waterfall adds up;
9: a preview changes nothing, undo restores; 10: the absent receive no clients; 11: nobody sees beyond his
subtree; 12: a repeated import makes no doubles; 13: no rate of a few cases; 14: today is the company's;
15: scores of interviewers; 16: a kept forecast never changes.
"""

import re
from pathlib import Path

NAMED = re.compile(r"[Ii]nvariants? (\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*)")
LATER = {15: "interviews are not built"}


def numbers(text):
    """Those of "2-5, 9"."""
    for part in text.split(", "):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def test_each_invariant_is_held_by_a_test():
    found = set()
    for path in Path(__file__).parent.rglob("test_*.py"):
        if path != Path(__file__):
            for text in NAMED.findall(path.read_text("utf-8")):
                found |= set(numbers(text))

    assert sorted(set(range(1, 17)) - found - set(LATER)) == []
