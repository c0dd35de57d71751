"""What a file is, told by its content and never by its name, and the reader that fits."""

import re
import zipfile

from marketplace.listings.ledger.files.archive import check_claims, open_archive, part_name
from marketplace.listings.ledger.files.delimited import read_delimited
from marketplace.listings.ledger.files.sheets import Unreadable, Workbook

MAX_FILE_BYTES = 64_000_000
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"{\\rtf",
    b"SQLite format",
    b"MIME-Version:",
)
MARKUP = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|table|body|style|div)\b", re.IGNORECASE | re.DOTALL
)
XML = re.compile(rb"\s*<\?xml\b|\s*<\w+:?\w*\s+xmlns", re.IGNORECASE)


def open_workbook(content: bytes) -> Workbook:
    """Sheets of any spreadsheet format. Raises `Unreadable` with the reason of the refusal."""
    if not content:
        raise Unreadable("empty_file")
    if len(content) > MAX_FILE_BYTES:
        raise Unreadable("too_large")
    if content.startswith(b"PK"):
        return _open_archive(content)
    if content.startswith(OLE):
        return _open_ole(content)
    if content.startswith((*FOREIGN, *OLD_BIFF)):
        raise Unreadable("unsupported_format")
    head = content[:4000].removeprefix(b"\xef\xbb\xbf")
    if MARKUP.match(head):
        from marketplace.listings.ledger.files.markup import read_html  # noqa: PLC0415 (each reader loads its own parser)

        return read_html(content)
    if XML.match(head):
        return _open_xml(content)
    _refuse_noise(content)
    return read_delimited(content)


def _open_archive(content: bytes) -> Workbook:
    archive = open_archive(content)
    if part_name(archive, "xl/workbook.xml"):
        from marketplace.listings.ledger.files.xlsx import read_xlsx  # noqa: PLC0415

        return read_xlsx(archive)
    if part_name(archive, "xl/workbook.bin"):
        return _open_with_calamine(content, "xlsb", archive)
    if part_name(archive, "content.xml") and _is_spreadsheet(archive):
        from marketplace.listings.ledger.files.ods import read_ods  # noqa: PLC0415

        return read_ods(archive)
    raise Unreadable("unsupported_format")


def _is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    name = part_name(archive, "mimetype")
    return name is None or b"spreadsheet" in archive.read(name)[:200]


def _open_with_calamine(content: bytes, name: str, archive: zipfile.ZipFile | None) -> Workbook:
    from marketplace.listings.ledger.files.binary_books import read_binary_book  # noqa: PLC0415

    if archive is not None:
        check_claims(archive)
    return read_binary_book(content, name)


def _open_ole(content: bytes) -> Workbook:
    """Old Excel, or a new workbook locked with a password, or another program's document."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("encrypted_file")
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise Unreadable("unsupported_format")
    return _open_with_calamine(content, "xls", None)


def _open_xml(content: bytes) -> Workbook:
    if b"urn:schemas-microsoft-com:office:spreadsheet" not in content[:8000]:
        if b"<!DOCTYPE" in content[:8000] or b"<!ENTITY" in content[:8000]:
            raise Unreadable("forbidden_xml")
        raise Unreadable("unsupported_format")
    from marketplace.listings.ledger.files.markup import read_spreadsheet_2003  # noqa: PLC0415

    return read_spreadsheet_2003([content])


def _refuse_noise(content: bytes) -> None:
    """Bytes that are no text in any encoding are another kind of file."""
    sample = content[:20_000]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    controls = sum(1 for byte in sample if byte < 32 and byte not in {0, 9, 10, 12, 13, 26, 27})
    zeros = sample.count(0)
    halves = max(sample[::2].count(0), sample[1::2].count(0))
    if controls > len(sample) // 50 or (zeros > len(sample) // 4 and halves < zeros * 0.8):
        raise Unreadable("unsupported_format")
