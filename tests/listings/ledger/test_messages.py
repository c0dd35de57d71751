"""Every code has its sentence in both languages, with the facts of the case in it."""

import string

import pytest

from marketplace.listings.ledger.messages import EN, REASONS_EN, REASONS_ZH, ZH, text_of
from marketplace.listings.ledger.outcome import Code, LedgerMessage, Severity


@pytest.mark.parametrize("code", list(Code))
def test_every_code_speaks_both_languages_of_the_same_facts(code: Code) -> None:
    named = [{field for _, field, _, _ in string.Formatter().parse(texts[code]) if field} for texts in (ZH, EN)]
    assert named[0] >= named[1] - {"header"}
    assert named[1] >= named[0] - {"header"}


def test_refusals_speak_both_languages() -> None:
    assert set(REASONS_ZH) == set(REASONS_EN)


def test_long_quotations_are_shortened() -> None:
    message = LedgerMessage(None, 1, "A", Code.BAD_DATE, Severity.WARNING, {"header": "日期", "text": "x" * 5000})
    assert len(text_of(message)) < 200
