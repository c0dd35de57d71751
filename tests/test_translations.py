"""Both languages are complete: every Chinese message has its English, and no template speaks past the catalogue."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from marketplace.kernel.words import PACKAGES, ROOT, catalogue_files

HAN = re.compile(r"[一-鿿]")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "translate": (2,)}
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
MARKED = re.compile(r"""\{%-?\s*trans.*?endtrans\s*-?%\}|(?:_|ngettext)\(\s*(?:"[^"]*"|'[^']*').*?\)""", re.DOTALL)


def sources(pattern: str) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob(pattern))


def messages() -> Iterator[tuple[str, str]]:
    for method, pattern in (("python", "*.py"), ("jinja2", "*.html")):
        for path in sources(pattern):
            for line, message, *_ in extract_from_file(method, path, keywords=KEYWORDS, options={"trimmed": "true"}):
                for text in message if isinstance(message, tuple) else (message,):
                    if text and HAN.search(text):
                        yield text, f"{path.relative_to(ROOT)}:{line}"


def test_every_message_has_its_english():
    english: set[str] = set()
    for path in catalogue_files("en"):
        with path.open("rb") as file:
            for message in read_po(file):
                ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
                strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
                if all(strings):
                    english.update(ids)
    missing = sorted({f"{where} {text}" for text, where in messages() if text not in english})
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", sources("*.html"), ids=lambda path: str(path.relative_to(ROOT)))
def test_template_speaks_through_the_catalogue(path):
    text = MARKED.sub("", JINJA_COMMENT.sub("", path.read_text(encoding="utf-8")))
    assert not [line.strip() for line in text.splitlines() if HAN.search(line)]


def test_placeholders_agree_between_the_languages():
    placeholder = re.compile(r"%\((\w+)\)")
    for path in catalogue_files("en"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id and message.string:
                    names = set(placeholder.findall(message.id))
                    assert set(placeholder.findall(message.string)) <= names, message.id
                    bare = re.search(r"%(?![(%])", message.string.replace("%%", ""))
                    assert not (names and bare), f"{message.string}: write %% for a per cent beside a placeholder"
