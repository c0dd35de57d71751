"""Every described ledger comes out as its file says, in each of its formats."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from marketplace.listings.ledger.files.opening import open_workbook
from marketplace.listings.ledger.json_form import to_json
from marketplace.listings.ledger.mapping import mapping_from
from marketplace.listings.ledger.reader import read_sheets
from tests.listings.ledger.described import TODAY, facts, load, names, problems
from tests.listings.ledger.writing import written

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/import-check.schema.json").read_text(encoding="utf-8"))
CASES = [(name, form) for name in names() for form in load(name).forms]


@pytest.mark.parametrize(("name", "form"), CASES, ids=[f"{name}-{form}" for name, form in CASES])
def test_ledger_comes_out_as_described(name: str, form: str) -> None:
    told = load(name)
    workbook = open_workbook(written(told.pages, form))
    outcome = read_sheets(workbook, mapping=mapping_from(told.mapping) if told.mapping else None, today=TODAY)
    first = next((sheet.name for sheet in workbook.sheets if not sheet.hidden), None)
    wanted = list(told.listings[0]) if told.listings else ["rows", "name"]
    assert [facts(listing, wanted, first) for listing in outcome.listings] == told.listings
    assert problems(outcome, first, told.named) == told.messages
    assert (outcome.outcome.value, outcome.reason) == (told.outcome, told.reason)
    Draft202012Validator(SCHEMA).validate(to_json(outcome))
    Draft202012Validator(SCHEMA).validate(to_json(outcome, locale="en"))


def test_there_is_a_good_score_of_described_ledgers() -> None:
    assert len(names()) >= 25
