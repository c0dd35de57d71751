"""References that people type and banks pass on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.payments.references import reference, references_in, spaced


@given(st.integers(0, 10**9 - 1))
def test_a_reference_is_found_however_it_is_written(number):
    code = reference(number)
    digits = "".join(chr(ord(digit) + 0xFEE0) for digit in code[2:])
    for written in (code, spaced(code), f"货款{code}谢谢", f"ＧＺ{digits}", code.lower(), f"GZ-{code[2:7]}-{code[7:]}"):
        assert references_in(written) == [code]


@given(st.integers(0, 10**9 - 1), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_found(number, place, shift):
    digits = list(reference(number)[2:])
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert references_in("GZ" + "".join(digits)) == []


@given(st.integers(0, 10**9 - 1), st.integers(0, 9))
def test_two_digits_swapped_are_found(number, place):
    digits = list(reference(number)[2:])
    if digits[place] == digits[place + 1]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    assert references_in("GZ" + "".join(digits)) == []


@pytest.mark.parametrize("text", ["", "货款", "GZ12345", "GZ123456789012345"])
def test_no_reference_no_match(text):
    assert references_in(text) == []
