"""Text tables with remarks, in their own encoding and with their own separator."""

import codecs
import csv
import io

from marketplace.listings.ledger.annotated.notes import Notes, SheetNotes, neutral
from marketplace.listings.ledger.files.delimited import decode, records

MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE, "utf-32": codecs.BOM_UTF32_LE}
PLAIN = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


def annotated_text(content: bytes, separator: str, notes: Notes) -> bytes:
    """One field more in every record that has a remark; a remark begins with the place it speaks of."""
    encoding, text = decode(content)
    lines = list(records(text, separator))
    if lines and len(lines[0]) == 1 and lines[0][0].lower().startswith("sep="):
        told, lines = lines[0][0], lines[1:]
        first = 2
    else:
        told, first = None, 1
    found = notes.of(None) or SheetNotes(None, {}, [])
    width = max((len(line) for line in lines), default=0)
    stream = io.StringIO()
    if told:
        stream.write(told + "\r\n")
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n" if "\r\n" not in text else "\r\n")
    for number, line in enumerate(lines, start=first):
        remark = notes.title if number == found.header_row else "\n".join(found.remarks.get(number, []))
        fields = [neutral(field.replace("\0", "")) for field in line]
        if remark:
            fields += [""] * (width - len(fields)) + [remark]
        writer.writerow(fields)
    return _encoded(stream.getvalue(), encoding)


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return MARKS.get(encoding, b"") + text.encode(PLAIN.get(encoding, encoding))
    except UnicodeEncodeError:
        return codecs.BOM_UTF8 + text.encode("utf-8", errors="replace")
