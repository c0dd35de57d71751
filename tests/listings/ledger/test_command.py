"""`gongzao import check`: quick, without a database, with exit statuses that mean something."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from jsonschema import Draft202012Validator

from marketplace.listings.ledger.command import check
from tests.listings.ledger.test_described import SCHEMA
from tests.listings.ledger.writing import Page, as_text, as_xlsx

PAGE = Page(rows=[["编号", "名称", "购置日期"], ["A1", "数控车床", "去年"], ["A2", None, "2020"]])


def run(*arguments: str, content: bytes = as_xlsx([PAGE])) -> tuple[int, str]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.bin")
        path.write_bytes(content)
        result = CliRunner().invoke(check, [str(path), *arguments])
    return result.exit_code, result.output


def run_mapped(mapping: str, *, content: bytes) -> tuple[int, str]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "mapping.json")
        path.write_text(mapping, encoding="utf-8")
        return run("--json", "--mapping", str(path), content=content)


def test_answer_is_the_document_of_the_schema() -> None:
    status, output = run("--json", "--today", "2026-11-23")
    document = json.loads(output)
    Draft202012Validator(SCHEMA).validate(document)
    assert status == 0
    assert document["outcome"] == "partial"
    assert {(m["row"], m["column"], m["code"]) for m in document["messages"]} == {
        (2, "C", "bad_date"),
        (3, "B", "missing_name"),
    }
    assert "去年" in document["messages"][0]["text"]


def test_messages_come_in_english_when_asked() -> None:
    _, output = run("--json", "--locale", "en")
    assert "no date we can read" in output


def test_refused_file_ends_with_status_one() -> None:
    status, output = run("--json", content=b"%PDF-1.4")
    assert (status, json.loads(output)["outcome"], json.loads(output)["reason"]) == (
        1,
        "refused_file",
        "unsupported_format",
    )


def test_file_without_header_asks_for_a_mapping_and_takes_it() -> None:
    page = Page(rows=[["A1", "数控车床", "CK6140"], ["A2", "铣床", "X52"]])
    status, output = run("--json", content=as_text(page))
    assert (status, json.loads(output)["outcome"]) == (1, "needs_mapping")
    status, output = run_mapped(
        '{"": {"A": "asset_number", "B": "name", "C": "model", "#header_row": 0}}', content=as_text(page)
    )
    assert status == 0
    assert [listing["asset_numbers"] for listing in json.loads(output)["listings"]] == [["A1"], ["A2"]]


def test_wrong_usage_ends_with_status_two() -> None:
    assert run("--today", "tomorrow")[0] == 2
    assert CliRunner().invoke(check, ["missing.xlsx"]).exit_code == 2
    assert run_mapped('{"": {"A": "no_such_field"}}', content=as_text(PAGE))[0] == 2
    assert run_mapped("no json", content=as_text(PAGE))[0] == 2


def test_summary_names_every_problem_with_its_place() -> None:
    _, output = run("--today", "2026-11-23")
    assert "C2 [bad_date]" in output
    assert "B3 [missing_name]" in output
