"""When two asset numbers are one machine."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.listings.identity import KEY_LENGTH, columns_key, number_key


@given(st.text(min_size=1, max_size=40))
def test_case_blanks_and_width_make_no_other_machine(number):
    key = number_key(number)
    assert number_key(f" {number}\t") == key
    if number.isascii():
        assert number_key(number.upper()) == number_key(number.lower())
        assert number_key("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in number)) == key


@given(st.text(max_size=5000))
def test_key_stays_short_enough_for_an_index(number):
    key = number_key(number)
    assert key is None or len(key.encode()) <= 4 * KEY_LENGTH + 2


def test_columns_keep_their_places():
    assert columns_key(["ab", "c"]) != columns_key(["a", "bc"])
    assert columns_key(["", " "]) is None
    assert number_key("A1") != columns_key(["A1"])
