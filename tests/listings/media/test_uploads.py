"""What people and attackers upload as photos and documents."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from PIL.ExifTags import Base

from marketplace.kernel.errors import Invalid
from marketplace.listings.media.content import document_from, picture_from
from marketplace.listings.media.models import DocumentKind


def jpeg(size=(2000, 1500), **options):
    buffer = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def png(size=(400, 300), mode="RGBA"):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb():
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def archive(*names, size=10):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"\0" * size)
    return buffer.getvalue()


def test_photo_is_drawn_anew_smaller_and_without_metadata():
    exif = Image.Exif()
    exif[Base.Make] = "SecretCam"
    exif[Base.Artist] = "王工"
    picture = picture_from(jpeg(exif=exif))
    shown = Image.open(io.BytesIO(picture.content))
    assert (shown.format, max(shown.size)) == ("JPEG", 1600)
    assert not shown.getexif()
    assert b"SecretCam" not in picture.content + picture.thumbnail


def test_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    picture = picture_from(jpeg((800, 600), exif=exif))
    assert (picture.width, picture.height) == (600, 800)


def test_what_is_appended_to_a_photo_does_not_travel_with_it():
    script = b"<script>alert(1)</script>"
    picture = picture_from(jpeg() + script + archive("evil.js"))
    assert script not in picture.content


def test_transparent_picture_is_laid_on_white():
    picture = picture_from(png())
    assert Image.open(io.BytesIO(picture.content)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"", "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo_unreadable"),
        (b"GIF89a" + b"\0" * 100, "photo_unreadable"),
        (jpeg()[:900], "photo_unreadable"),
        (b"\xff\xd8\xff\xe0" + b"A" * 4000, "photo_unreadable"),
        (bomb(), "photo_too_large"),
        (jpeg((40, 40)), "photo_too_small"),
        (b"\xff\xd8\xff" + b"\0" * (13 * 1024 * 1024), "photo_too_large"),
        (b"%PDF-1.7", "photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_by_its_content(upload, code):
    with pytest.raises(Invalid) as refused:
        picture_from(upload)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("upload", "kind"),
    [
        (b"%PDF-1.7\n...\n%%EOF\n", DocumentKind.PDF),
        (archive("[Content_Types].xml", "xl/workbook.xml"), DocumentKind.XLSX),
        (archive("[Content_Types].xml", "word/document.xml"), DocumentKind.DOCX),
        (jpeg(), DocumentKind.JPEG),
    ],
)
def test_document_is_known_by_its_content(upload, kind):
    assert document_from(upload).kind is kind


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"<html><script>1</script></html>", "document_format"),
        (b"MZ\x90\0", "document_format"),
        (archive("a.txt"), "document_format"),
        (b"PK\x03\x04 broken", "document_format"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "document_macros"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/a.xml", size=80_000_000), "document_too_large"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "word/document.xml"), "document_format"),
    ],
)
def test_what_is_no_document_is_refused(upload, code):
    with pytest.raises(Invalid) as refused:
        document_from(upload)
    assert refused.value.code == code
