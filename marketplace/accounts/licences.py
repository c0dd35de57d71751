"""The business licence as uploaded: told by its content, images drawn anew, so that nothing but a picture is kept."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from marketplace.kernel.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONG_SIDE_PIXELS = 2400


@dataclass(frozen=True, slots=True)
class CheckedLicence:
    """What may be stored: a JPEG drawn anew, or a PDF that is only ever handed out as an attachment."""

    content_type: str
    content: bytes


def check_licence(content: bytes, *, field: str = "licence") -> CheckedLicence:
    """Raise `Invalid` `bad_licence` for anything but a PDF, JPEG, PNG or WebP of a sane size."""
    if not content:
        raise Invalid("licence_required", fields={field: ["licence_required"]})
    if len(content) > MOST_BYTES:
        raise Invalid("bad_licence", fields={field: ["file_too_large"]})
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return CheckedLicence("application/pdf", content)
    return CheckedLicence("image/jpeg", _drawn_anew(content, field))


def _drawn_anew(content: bytes, field: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
            if image.width * image.height > MOST_PIXELS:
                raise Invalid("bad_licence", fields={field: ["picture_too_large"]})
            image.thumbnail((LONG_SIDE_PIXELS, LONG_SIDE_PIXELS))
            drawn = io.BytesIO()
            image.convert("RGB").save(drawn, "JPEG", quality=88)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise Invalid("bad_licence", fields={field: ["not_a_picture_or_pdf"]}) from error
    return drawn.getvalue()
