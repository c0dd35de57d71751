"""What an uploaded file really is, by its content; pictures are drawn anew so that nothing else travels with them. Pure."""

import io
import warnings
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.kernel.errors import Invalid
from marketplace.listings.media.models import DocumentKind

PHOTO_BYTES = 12 * 1024 * 1024
DOCUMENT_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
LEAST_SIDE = 80
WIDE, THUMB = 1600, 480
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_ENTRIES, MOST_UNPACKED = 2_000, 200 * 1024 * 1024
OFFICE_PARTS = {"xl/workbook.xml": DocumentKind.XLSX, "word/document.xml": DocumentKind.DOCX}
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo drawn anew as JPEG, with a small one for cards."""

    width: int
    height: int
    content: bytes
    thumbnail: bytes


def picture_from(upload: bytes) -> Picture:
    """The photo without anything a camera wrote beside it, turned upright.

    Raises `Invalid` `photo_too_large`, `photo_unreadable` (not JPEG, PNG or WebP, broken, a bomb) or `photo_too_small`.
    """
    if len(upload) > PHOTO_BYTES:
        raise _refused("photo_too_large")
    image = _opened(upload)
    wide = _fitted(image, WIDE)
    return Picture(wide.width, wide.height, _jpeg(wide, 84), _jpeg(_fitted(image, THUMB), 78))


def _opened(upload: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(upload), formats=PHOTO_FORMATS)
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _refused("photo_too_large")
            if min(width, height) < LEAST_SIDE:
                raise _refused("photo_too_small")
            return _flattened(ImageOps.exif_transpose(image))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _refused("photo_too_large") from error
        except (
            UnidentifiedImageError,
            OSError,
            SyntaxError,
            ValueError,
            IndexError,
            TypeError,
            EOFError,
            MemoryError,
        ) as error:
            raise _refused("photo_unreadable") from error


def _flattened(image: Image.Image) -> Image.Image:
    """On white, without palette and transparency."""
    if image.mode in {"RGB", "L"}:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _fitted(image: Image.Image, side: int) -> Image.Image:
    copy = image.copy()
    copy.info.clear()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, exif=b"")
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    kind: DocumentKind
    content: bytes


def document_from(upload: bytes) -> CheckedDocument:
    """The document by its content: PDF, XLSX and DOCX as they are, pictures drawn anew.

    Raises `Invalid` `document_too_large`, `document_format` or `document_macros`.
    """
    if len(upload) > DOCUMENT_BYTES:
        raise _refused("document_too_large")
    if upload.startswith(b"%PDF-") and b"%%EOF" in upload[-2048:]:
        return CheckedDocument(DocumentKind.PDF, upload)
    if upload.startswith(b"PK\x03\x04"):
        return CheckedDocument(_office_kind(upload), upload)
    if upload.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")):
        return CheckedDocument(DocumentKind.JPEG, picture_from(upload).content)
    raise _refused("document_format")


def _office_kind(upload: bytes) -> DocumentKind:
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused("document_format") from error
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _refused("document_too_large")
    names = {entry.filename.casefold() for entry in entries}
    if any(name.endswith(MACRO_PARTS) for name in names):
        raise _refused("document_macros")
    found = [kind for part, kind in OFFICE_PARTS.items() if part in names]
    if len(found) != 1 or "[content_types].xml" not in names:
        raise _refused("document_format")
    return found[0]


def _refused(code: str) -> Invalid:
    return Invalid(code, fields={"file": [code]})
