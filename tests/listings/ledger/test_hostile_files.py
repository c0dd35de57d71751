"""Hostile uploads are refused with a reason or read for what they are, within the limits of the reading process."""

import io
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from marketplace.listings.ledger.annotate import annotate, new_name
from marketplace.listings.ledger.outcome import LedgerOutcome
from marketplace.listings.ledger.reader import read_ledger
from tests.listings.ledger.described import TODAY
from tests.listings.ledger.writing import Page, as_ods, as_text, as_xlsx

MOST_BYTES = 300_000_000
PAGE = Page(rows=[["设备编号", "设备名称", "型号"], ["A1", "数控车床", "CK6140"], ["A2", "铣床", "X52"]])


def read(content: bytes, filename: str = "台账.xlsx") -> LedgerOutcome:
    return read_ledger(content, filename=filename, today=TODAY)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_sheet(sheet_data: bytes) -> bytes:
    parts = parts_of(as_xlsx([PAGE]))
    head = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return archive_of({**parts, "xl/worksheets/sheet1.xml": head + sheet_data + b"</worksheet>"})


def with_shared_strings() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate(PAGE.rows):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def two_machines(outcome: LedgerOutcome) -> bool:
    return [listing.asset_numbers for listing in outcome.listings] == [("A1",), ("A2",)]


MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "marketplace.listings.ledger.command", sys.argv[1], "--json"], capture_output=True)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def bomb(path: Path) -> None:
    """600 MB of blanks in half a megabyte, written piece by piece."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(as_xlsx([PAGE])).items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"<worksheet><sheetData>")
            for _ in range(600):
                part.write(b" " * 1_000_000)
            part.write(b"</sheetData></worksheet>")


def many_cells(path: Path) -> None:
    path.write_text(
        "设备编号,设备名称,型号\n" + "".join(f"A{n},数控车床,CK{n}\n" for n in range(29_000)), encoding="utf-8"
    )


def long_cell(path: Path) -> None:
    path.write_bytes("设备编号,设备名称\nA1,".encode() + b"x" * 20_000_000)


def empty_rows(path: Path) -> None:
    path.write_bytes(with_sheet(b"<sheetData>" + b'<row><c s="1"/><c s="1"/></row>' * 1_048_576 + b"</sheetData>"))


@pytest.mark.parametrize(("write", "status"), [(bomb, 1), (many_cells, 0), (long_cell, 0), (empty_rows, 1)])
def test_costly_file_takes_little_memory(write, status, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    write(path)
    done = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, check=True, text=True)
    returned, most_bytes = map(int, done.stdout.split())
    assert returned == status
    assert most_bytes < MOST_BYTES


def test_archive_with_a_false_size_is_refused() -> None:
    content = bytearray(with_sheet(b"<sheetData>" + b"<row/>" * 1_000_000 + b"</sheetData>"))
    position = content.rfind(b"PK\x01\x02")
    while position > 0:
        content[position + 24 : position + 28] = b"\x10\0\0\0"
        position = content.rfind(b"PK\x01\x02", 0, position)
    assert read(bytes(content)).reason in {"damaged_file", "archive_bomb"}


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
ELSEWHERE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("definition", [LAUGHS, ELSEWHERE])
@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_xml_with_definitions_of_its_own_is_refused(definition: bytes, part: str) -> None:
    parts = parts_of(with_shared_strings())
    body = parts[part].split(b"?>", 1)[-1] if parts[part].startswith(b"<?xml") else parts[part]
    content = archive_of({**parts, part: b'<?xml version="1.0"?>' + definition + body})
    assert read(content).reason == "forbidden_xml"


def test_ods_with_definitions_of_its_own_is_refused() -> None:
    parts = parts_of(as_ods([PAGE]))
    parts["content.xml"] = parts["content.xml"].replace(b"?>", b"?>" + LAUGHS, 1)
    assert read(archive_of(parts)).reason == "forbidden_xml"


def test_encrypted_workbook_is_refused_as_such() -> None:
    from tests.listings.ledger.writing import _ole

    assert read(_ole(b"\1" * 5000, "EncryptedPackage")).reason == "encrypted_file"


def test_encrypted_archive_is_refused_as_such() -> None:
    content = bytearray(as_xlsx([PAGE]))
    position = content.find(b"PK\x01\x02")
    while position >= 0:
        content[position + 8] |= 1
        position = content.find(b"PK\x01\x02", position + 4)
    assert read(bytes(content)).reason == "encrypted_file"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_workbook_is_refused(share: float) -> None:
    content = as_xlsx([PAGE])
    outcome = read(content[: int(len(content) * share)])
    assert (outcome.outcome.value, outcome.reason) == ("refused_file", "damaged_file")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 something",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"MZ" + bytes(500),
        b"\x1f\x8b\x08" + bytes(50),
        b"Rar!\x1a\x07" + bytes(50),
        b"{\\rtf1 text}",
        bytes(range(256)) * 40,
        random.Random(7).randbytes(50_000),
        archive_of({"word/document.xml": b"<w/>"}),
        archive_of({"a.csv": b"a,b"}),
        b'<?xml version="1.0"?><feed/>',
    ],
)
def test_other_files_are_refused_whatever_their_name(content: bytes) -> None:
    outcome = read(content, "设备台账.xlsx")
    assert (outcome.outcome.value, outcome.reason) == ("refused_file", "unsupported_format")


def test_empty_file_is_refused() -> None:
    assert read(b"").reason == "empty_file"


@pytest.mark.parametrize("content", [b"\r\n" * 1000, b" ,,,\n" * 50, b"\xef\xbb\xbf"])
def test_blank_text_holds_nothing_to_import(content: bytes) -> None:
    assert read(content, "x.csv").outcome.value == "nothing_to_import"


@pytest.mark.parametrize("name", ["x.csv", "../../etc/passwd", "C:\\a\\b.pdf", "x\0.xlsx", ""])
def test_format_is_told_by_content_not_by_name(name: str) -> None:
    assert two_machines(read(as_xlsx([PAGE]), name))
    assert two_machines(read(as_text(PAGE), name))


def test_macros_are_ignored() -> None:
    parts = parts_of(as_xlsx([PAGE]))
    assert two_machines(read(archive_of({**parts, "xl/vbaProject.bin": b"\xd0\xcf" + bytes(999)}), "x.xlsm"))


def test_million_empty_rows_are_read_for_what_they_are() -> None:
    rows = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe8\xae\xbe\xe5\xa4\x87\xe7\xbc\x96\xe5\x8f\xb7</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>\xe8\xae\xbe\xe5\xa4\x87\xe5\x90\x8d\xe7\xa7\xb0</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c><c r="B2" t="inlineStr"><is><t>\xe8\xbd\xa6\xe5\xba\x8a</t></is></c></row>'
    )
    empty = b"".join(b'<row r="%d" spans="1:9"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 1_048_577))
    outcome = read(with_sheet(b"<sheetData>" + rows + empty + b"</sheetData>"))
    assert [listing.name for listing in outcome.listings] == ["车床"]


def test_sixteen_thousand_columns_do_no_harm() -> None:
    wide = Page(rows=[[*row, *([None] * 16_380), "x"] for row in PAGE.rows])
    assert two_machines(read(as_xlsx([wide])))
    full = Page(rows=[[*row, *[f"列{n}" for n in range(16_381)]] for row in PAGE.rows])
    assert two_machines(read(as_xlsx([full])))


def test_one_cell_of_twenty_megabytes_is_cut_and_named() -> None:
    content = "设备编号,设备名称,备注\r\nA1,车床,".encode() + b"x" * 20_000_000 + "\r\nA2,铣床,好\r\n".encode()
    outcome = read(content, "x.csv")
    assert [listing.asset_numbers for listing in outcome.listings] == [("A1",), ("A2",)]
    assert ("bad_text", 2, "C") in {(m.code.value, m.row, m.column) for m in outcome.messages}


def test_shared_text_repeated_without_end_is_refused() -> None:
    parts = parts_of(with_shared_strings())
    parts["xl/sharedStrings.xml"] = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 1_000_000
        + b"</t></si></sst>"
    )
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 200 + b"</row>"
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    parts["xl/worksheets/sheet1.xml"] = head + row * 2000 + b"</sheetData></worksheet>"
    assert read(archive_of(parts)).reason == "too_large"


def test_more_rows_than_any_ledger_are_refused() -> None:
    content = ("设备编号,设备名称\n" + "A1,车床\n" * 400_000).encode()
    assert read(content, "x.csv").reason == "too_large"


def test_more_cells_than_any_ledger_are_refused() -> None:
    content = ("设备编号,设备名称\n" + ",".join(["x"] * 250) + "\n").encode() * 2_100
    assert read(content, "x.csv").reason == "too_large"


def test_markup_nested_without_end_is_refused_or_read() -> None:
    assert read(with_sheet(b"<a>" * 300_000 + b"</a>" * 300_000)).outcome.value in {"refused_file", "nothing_to_import"}


def test_repeated_rows_of_an_ods_are_not_unrolled() -> None:
    parts = parts_of(as_ods([PAGE]))
    parts["content.xml"] = parts["content.xml"].replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">', 1
    )
    assert read(archive_of(parts)).reason == "archive_bomb"


def test_quote_that_never_closes_swallows_no_rows() -> None:
    lines = ["设备编号,设备名称,型号", 'A1,"数控车床,CK6140', *[f"A{n},铣床{n},X52" for n in range(2, 40)]]
    outcome = read("\n".join(lines).encode(), "x.csv")
    assert {number for listing in outcome.listings for number in listing.asset_numbers} >= {
        f"A{n}" for n in range(2, 40)
    }
    assert {message.row for message in outcome.messages} | {s.row for x in outcome.listings for s in x.source} >= {2}


def test_quote_closed_many_rows_later_swallows_no_rows() -> None:
    lines = [
        "设备编号,设备名称,型号",
        'A1,显示器 24",X',
        'A2,"钻床,Z1',
        *[f"A{n},铣床{n},X52" for n in range(3, 9)],
        'A9,"磨床",M1',
    ]
    outcome = read("\n".join(lines).encode("gb18030"), "x.csv")
    assert {number for x in outcome.listings for number in x.asset_numbers} >= {
        f"A{n}" for n in (1, 3, 4, 5, 6, 7, 8, 9)
    }


def test_line_ends_inside_quotes_stay_in_their_cell() -> None:
    text = '设备编号,设备名称,备注\r\nA1,车床,"第一行\n第二行, 带逗号"\r\n\r\nA2,铣床,\r\n'
    outcome = read(text.encode("gb18030"), "x.csv")
    assert [(x.asset_numbers, x.source[0].row) for x in outcome.listings] == [(("A1",), 2), (("A2",), 4)]


def test_nul_and_control_characters_are_taken_out_and_named() -> None:
    outcome = read("设备编号,设备名称\nA1,数控\0车床\x07\nA2,铣床\u200b\n".encode(), "x.csv")
    assert [listing.name for listing in outcome.listings] == ["数控车床", "铣床"]
    assert [(m.row, m.column, m.code.value) for m in outcome.messages if m.code.value != "unknown_type"] == [
        (2, "B", "bad_text")
    ]


def test_broken_bytes_are_named_where_they_stand() -> None:
    content = "设备编号,设备名称\nA1,车床\nA2,铣".encode() + b"\xff\xfe" + "床\nA3,钻床\n".encode()
    outcome = read(content, "x.csv")
    assert (3, "B", "bad_text") in {(m.row, m.column, m.code.value) for m in outcome.messages}
    assert {n for x in outcome.listings for n in x.asset_numbers} >= {"A1", "A3"}


def test_shifted_row_is_refused_and_a_harmless_surplus_is_kept() -> None:
    text = "编号,名称,购置日期,数量\nA1,车床,2020-01-01,1,好用\nA2,铣床,大,2020-01-01,1\nA3,钻床,2020-01-01,1\n"
    outcome = read(text.encode(), "x.csv")
    assert [listing.asset_numbers for listing in outcome.listings] == [("A1",), ("A3",)]
    assert [(m.row, m.code.value, m.severity.value) for m in outcome.messages if m.code.value == "row_too_long"] == [
        (2, "row_too_long", "warning"),
        (3, "row_too_long", "error"),
    ]


def test_formulas_of_an_attacker_stay_text_in_the_annotated_file() -> None:
    page = Page(
        rows=[
            ["编号", "名称", "备注"],
            ["=cmd|' /C calc'!A0", "车床", "+1+1"],
            ["@SUM(1)", "铣床", "-2+3"],
            ["A3", "钻床", "-5"],
        ]
    )
    content = as_text(page)
    text = annotate(content, filename="a.csv", outcome=read(content), locale="zh")[0].decode()
    assert "'=cmd" in text
    assert "'@SUM" in text
    assert "'+1+1" in text
    assert "'-2+3" in text
    assert ",-5" in text


def test_name_of_the_annotated_file_is_never_a_path() -> None:
    assert new_name("../../../etc/passwd.xlsx", "zh", ".xlsx") == "passwd-导入说明.xlsx"
    assert new_name("C:\\x\\台账\x00.xls", "en", ".xlsx") == "台账-remarks.xlsx"
    assert new_name("", "zh", ".csv") == "ledger-导入说明.csv"
