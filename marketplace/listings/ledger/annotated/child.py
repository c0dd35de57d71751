"""The process that writes an annotated workbook: it opens the untrusted file again, within limits."""

import resource
import struct
import sys

import orjson

from marketplace.listings.ledger.annotated.books import annotated_book, rebuilt_book
from marketplace.listings.ledger.annotated.notes import from_wire
from marketplace.listings.ledger.files.opening import open_workbook


def main() -> None:
    """Arguments: bytes of address space, seconds of processor time. Input: length and JSON of the notes, the file."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    given = sys.stdin.buffer.read()
    (length,) = struct.unpack(">I", given[:4])
    notes, content = from_wire(orjson.loads(given[4 : 4 + length])), given[4 + length :]
    workbook = open_workbook(content)
    rebuild = sys.argv[3] == "rebuild" or workbook.format != "xlsx"
    sys.stdout.buffer.write(rebuilt_book(workbook, notes) if rebuild else annotated_book(content, workbook, notes))


if __name__ == "__main__":
    main()
