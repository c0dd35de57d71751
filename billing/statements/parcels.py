"""A statement that travels with its preview: the page carries the file, so that what was looked at is what is imported."""

import base64
import binascii
import zlib

from billing.statements.reading import LARGEST_BYTES
from marketplace.kernel.errors import Invalid

MOST_CHARACTERS = 400_000
"""What a form field may hold; statements of 5,000 lines pack to less."""


def pack(body: bytes) -> str:
    """The file as text for a hidden field. Raises `Invalid` `statement_too_large`."""
    packed = base64.b64encode(zlib.compress(body, 9)).decode()
    if len(packed) > MOST_CHARACTERS:
        raise Invalid("statement_too_large", fields={"file": ["statement_too_large"]})
    return packed


def unpack(text: str) -> bytes:
    """The file again, never more than a statement may be. Raises `Invalid` `statement_layout` for anything else."""
    try:
        unpacking = zlib.decompressobj()
        body = unpacking.decompress(base64.b64decode(text, validate=True), LARGEST_BYTES + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise Invalid("statement_layout", fields={"file": ["statement_layout"]}) from error
    return body
