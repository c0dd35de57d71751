"""A zip archive is opened with suspicion: what it claims and what it really unpacks to are both bounded."""

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

from marketplace.listings.ledger.files.sheets import Unreadable

MAX_ENTRIES = 10_000
MAX_PART_BYTES = 400_000_000
MAX_SMALL_PART_BYTES = 64_000_000
CHUNK_BYTES = 1 << 16


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, or a refusal: truncated, encrypted, or too many entries to be a spreadsheet."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("damaged_file") from error
    if len(archive.infolist()) > MAX_ENTRIES:
        raise Unreadable("archive_bomb")
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise Unreadable("encrypted_file")
    return archive


def part_name(archive: zipfile.ZipFile, wanted: str) -> str | None:
    """The archive's own spelling of a part: some writers change case, begin with a slash or write backslashes."""
    names = {name.replace("\\", "/").lstrip("/").casefold(): name for name in archive.namelist()}
    return names.get(wanted.lstrip("/").casefold())


def chunks(archive: zipfile.ZipFile, name: str, *, limit: int = MAX_PART_BYTES) -> Iterator[bytes]:
    """The unpacked part in pieces; raises once it has grown beyond `limit`, whatever its header claims."""
    total = 0
    with _reading(archive, name) as part:
        while chunk := part.read(CHUNK_BYTES):
            total += len(chunk)
            if total > limit:
                raise Unreadable("archive_bomb")
            yield chunk


@contextmanager
def _reading(archive: zipfile.ZipFile, name: str) -> Generator[IO[bytes]]:
    try:
        with archive.open(name) as part:
            yield part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, KeyError) as error:
        raise Unreadable("damaged_file") from error
    except RuntimeError as error:  # zipfile's word for an encrypted entry
        raise Unreadable("encrypted_file") from error


def check_claims(archive: zipfile.ZipFile) -> None:
    """For readers we cannot watch while they unpack: refuses archives that claim more than a ledger can hold."""
    total = sum(entry.file_size for entry in archive.infolist())
    if total > MAX_PART_BYTES:
        raise Unreadable("archive_bomb")
    for entry in archive.infolist():
        if entry.file_size > 50_000_000 and entry.file_size > 200 * max(entry.compress_size, 1):
            raise Unreadable("archive_bomb")
