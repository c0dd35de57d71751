"""Two banks' files, and what is refused rather than guessed."""

from zoneinfo import ZoneInfo

import pytest

from billing.statements.reading import read_statement
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from tests.billing.statements.bank import signed, two_columns

SHANGHAI = ZoneInfo("Asia/Shanghai")
LINES = [("货款 GZ1", 1300), ("手续费", -2), ("货款 GZ2", 40.5)]


def read(body):
    return read_statement(body, zone=SHANGHAI)


@pytest.mark.parametrize(
    ("body", "layout", "encoding"),
    [
        (two_columns(LINES, opening=10), "two_columns", "gb18030"),
        (two_columns(LINES, opening=10, encoding="utf-8"), "two_columns", "utf-8"),
        (signed(LINES, opening=10), "signed", "utf-8"),
        (signed(LINES, opening=10, newest_first=True), "signed", "utf-8"),
    ],
)
def test_banks_files_are_read_alike(body, layout, encoding):
    found = read(body)
    assert (found.layout, found.encoding) == (layout, encoding)
    assert [line.amount.amount for line in found.lines] == [130_000, -200, 4_050]
    assert (found.opening, found.closing) == (Money(1_000, "CNY"), Money(134_850, "CNY"))
    assert found.lines[0].memo == "货款 GZ1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "statement_layout"),
        (b"a,b,c\n1,2,3\n", "statement_layout"),
        (signed([]), "statement_empty"),
        (two_columns(LINES).replace(b'1,300.00","1,300', b'1,301.00","1,300'), "statement_total"),
        (signed(LINES).replace(b"1298.00", b"1297.00"), "statement_balance"),
        (signed(LINES).replace(b",1300.00,CNY", b",NaN,CNY"), "statement_amount"),
        (signed(LINES).replace(b",1300.00,CNY", b",1e3,CNY"), "statement_amount"),
        (signed(LINES).replace(b",1300.00,CNY", b",1300.001,CNY"), "statement_amount"),
        (signed(LINES).replace(b",1300.00,CNY", b",9999999999999999.00,CNY"), "statement_amount"),
        (signed(LINES).replace(b"1300.00,CNY", b"1300.00,XXX", 1), "statement_amount"),
        (signed(LINES).replace(b"2026-11-23", b"2026-13-23", 1), "statement_day"),
        (b"x" * (2 * 1024 * 1024 + 1), "statement_too_large"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_reason(body, code):
    with pytest.raises(Invalid, match=code):
        read(body)


def test_two_encodings_in_one_file_are_refused_naming_the_line():
    first, second = two_columns(LINES, total=False), two_columns(LINES, encoding="utf-8").splitlines()[-2]
    with pytest.raises(Invalid, match="statement_encoding") as refused:
        read(first + second + b"\n")
    assert refused.value.facts["line"] == 6
