from hypothesis import given
from hypothesis import strategies as st

from apps.core.words import MARKS, prefix_query


def test_every_word_is_wanted_by_its_beginning():
    assert prefix_query("Ёлка сев") == "елка:* & сев:*"
    assert prefix_query("!'\\:&|") == ""


@given(st.text(max_size=50))
def test_nothing_typed_can_break_the_query(text):
    query = prefix_query(text)
    assert all(part.endswith(":*") for part in query.split(" & ")) or not query
    assert not set(query) & set("'\\()!<>")


def test_a_mark_is_never_a_letter():
    assert len(set(MARKS)) == len(MARKS)
    assert not any(mark.isalnum() for mark in MARKS)
