"""Formulas that a file holds without a result: the few that can be read without a spreadsheet."""

import re
from decimal import Decimal, DivisionByZero, InvalidOperation

LINK = re.compile(r"=\s*HYPERLINK\(\s*\"[^\"]*\"\s*[,;]\s*\"((?:[^\"]|\"\")*)\"\s*\)", re.IGNORECASE)
LITERAL = re.compile(r"=\s*\"((?:[^\"]|\"\")*)\"")
ARITHMETIC = re.compile(r"=\s*(\d+(?:\.\d+)?)((?:\s*[*/+-]\s*\d+(?:\.\d+)?){0,5})")
STEP = re.compile(r"([*/+-])\s*(\d+(?:\.\d+)?)")


def formula_value(formula: str) -> str | None:
    """The words of a link, a literal, or a sum of plain numbers; None for anything that needs other cells."""
    if match := LINK.fullmatch(formula) or LITERAL.fullmatch(formula):
        return match[1].replace('""', '"')
    match = ARITHMETIC.fullmatch(formula)
    return _calculated(match) if match else None


def _calculated(match: re.Match[str]) -> str | None:
    """Chains of one rank only (5*12, 3+4): no order of operations to get wrong."""
    steps = STEP.findall(match[2])
    if any(sign in "*/" for sign, _ in steps) and any(sign in "+-" for sign, _ in steps):
        return None
    value = Decimal(match[1])
    try:
        for sign, written in steps:
            operand = Decimal(written)
            value = {"*": value * operand, "+": value + operand, "-": value - operand}.get(sign, value)
            value = value / operand if sign == "/" else value
    except (DivisionByZero, InvalidOperation):
        return None
    return f"{value.normalize():f}"
