from tests.runtime.variables import documented, read_by_code


def test_each_variable_is_documented_and_nothing_else():
    assert documented() == read_by_code()
