"""The product's one tokeniser: what is written becomes the tokens under which it is found.

Chinese gives characters and neighbouring pairs, Latin words their stem, model codes themselves whole, stripped and
in parts, sizes their value in the base unit. Both engines, ranking, highlighting and suggestions use these tokens.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from search.text.folding import FoldedText, fold
from search.text.kinds import Kind
from search.text.latin import LONGEST_CHUNK, Form, latin_forms
from search.text.stems import stem
from search.text.units import NUMBER_PATTERN, UNIT_PATTERN, plain_number, quantity_token

_HAN = "\u3005\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = "a-z0-9\u00df-\u02af\u0370-\u1fff"
_CHUNK = re.compile(
    rf"(?P<sizes>(?<![{_LETTER}.])\d+(?:\.\d+)?(?: ?[x*] ?\d+(?:\.\d+)?)+(?: ?{UNIT_PATTERN})?(?![{_LETTER}]))"
    rf"|(?P<range>(?<![{_LETTER}.-])\d+(?:\.\d+)?(?: ?[-~至到] ?\d+(?:\.\d+)?)+ ?{UNIT_PATTERN})"
    rf"|(?P<number>(?<![{_LETTER}]){NUMBER_PATTERN}(?:[ -]?{UNIT_PATTERN})(?![-/.][{_LETTER}]))"
    rf"|(?P<thousands>(?<![{_LETTER}])\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![{_LETTER}]))"
    rf"|(?P<han>[{_HAN}]+)"
    rf"|(?P<latin>[{_LETTER}]+(?:[-./_+&:'][{_LETTER}]+)*)"
)
_UNIT_AT_END = re.compile(rf" ?({UNIT_PATTERN})$")
_PLAIN_NUMBER = re.compile(NUMBER_PATTERN)
_LETTERS = re.compile("[a-z]+")
_HUMP = re.compile(r"(?<=[a-z][a-z])(?=[A-Z])|(?<=[A-Z][A-Z])(?=[A-Z][a-z][a-z])")
_NUMERALS = dict(zip("一二三四五六七八九两", "1234567892", strict=True))
_COUNTED = frozenset("轴相座坐维层级色头臂")
_JOIN_LIMIT = 14
_INSIDE = re.compile(r"[-./_+&:']+")
_Reading = tuple[str, int, int, Kind]  # a token before its offsets are mapped back; a Form is one too


class Token(NamedTuple):
    """One reading of a stretch of text: `start` and `end` are a half-open span of the text as written."""

    text: str
    start: int
    end: int
    kind: Kind


def tokenise(text: str) -> list[Token]:
    """Every token of the text in order of appearance; never raises, empty for text without letters or digits."""
    source = fold(text)
    forms = _forms(source, text)
    if source.offsets is None:
        return [Token(*form) for form in forms]
    return [Token(form[0], *source.span(form[1], form[2]), form[3]) for form in forms]


def token_texts(text: str) -> list[str]:
    """Only the token texts, in the order of `tokenise`: what a document is indexed under."""
    return [form[0] for form in _forms(fold(text), text)]


def _forms(source: FoldedText, original: str) -> Iterator[_Reading]:
    halves = _Halves(source.text)
    for found in _CHUNK.finditer(source.text):
        start, end = found.span()
        chunk = found[0]
        match found.lastgroup:
            case "han":
                if (number := halves.last) and number.end == start and number.kind is Kind.NUMBER:
                    yield Form(number.text + chunk[0], number.start, start + 1, Kind.JOINED)
                yield from _han(chunk, start)
                halves.forget()
            case "latin":
                yield from _latin(source, original, found)
                yield from halves.join(Form(chunk, start, end, Kind.NUMBER if chunk.isdecimal() else Kind.WORD))
            case "number" | "thousands":
                yield from _quantity(chunk, start)
                number = _PLAIN_NUMBER.match(chunk)
                bare = number[0].replace(",", "") if number else chunk
                yield from halves.join(Form(bare, start, end, Kind.NUMBER))
                halves.forget()
            case "range":
                yield from _with_unit(chunk, start)
                halves.forget()
            case _:
                yield from _sizes(chunk, start)
                halves.forget()


class _Halves:
    """Chunks of the same line that may be one code written apart: `VF 2SS`, `iPhone 13 Pro`."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self.last: Form | None = None
        self._joined: Form | None = None

    def forget(self) -> None:
        self.last = self._joined = None

    def join(self, current: Form) -> Iterator[Form]:
        """The last chunk with this one, with this one's first piece (IRB 120-3: `irb120`), and the last two with it."""
        joined = None
        if self._may_follow(current) and self.last:
            stripped = _INSIDE.sub("", current.text)
            joined = _together(self.last, current._replace(text=stripped))
            if joined:
                yield joined
            if stripped != current.text:
                piece = _INSIDE.split(current.text)[0]
                if beginning := _together(
                    self.last, Form(piece, current.start, current.start + len(piece), current.kind)
                ):
                    yield beginning
            if joined and self._joined and (longer := _together(self._joined, current._replace(text=stripped))):
                yield longer
        self.last, self._joined = current, joined

    def _may_follow(self, current: Form) -> bool:
        """One blank between, and not both mere words."""
        last = self.last
        if last is None or current.start - last.end != 1 or self._folded[last.end] != " ":
            return False
        return not (last.text.isalpha() and current.text.isalpha())


def _together(before: Form, current: Form) -> Form | None:
    """Two neighbours with a digit and a letter in them, short enough for a code."""
    together = _INSIDE.sub("", before.text) + current.text
    if len(together) > _JOIN_LIMIT or not together.isalnum() or together.isalpha() or together.isdecimal():
        return None
    return Form(together, before.start, current.end, Kind.JOINED)


def _latin(source: FoldedText, original: str, found: re.Match[str]) -> Iterator[Form]:
    chunk, start = found[0], found.start()
    humps: tuple[int, ...] = ()
    if source.offsets is None and len(chunk) <= LONGEST_CHUNK:
        written = original[start : found.end()]
        if not (written.islower() or written.isupper() or written[1:].islower()):
            humps = tuple(hump.start() for hump in _HUMP.finditer(written))
    for text, first, last, kind in latin_forms(chunk, humps):
        yield Form(text, start + first, start + last, kind)


def _han(run: str, start: int) -> Iterator[_Reading]:
    """Each character and each two neighbours; counted axes also with their figure (五轴: `5轴`)."""
    at = start
    for character, following in zip(run, run[1:] + " ", strict=True):
        yield character, at, at + 1, Kind.HAN
        if following != " ":
            yield character + following, at, at + 2, Kind.PAIR
            if following in _COUNTED and character in _NUMERALS:
                yield _NUMERALS[character] + following, at, at + 2, Kind.JOINED
        at += 1


def _quantity(chunk: str, start: int) -> Iterator[_Reading]:
    """A number, with its unit when one follows: the number, the glued spelling and the size in the base unit."""
    number = _PLAIN_NUMBER.match(chunk)
    if number is None:
        return
    value, end = plain_number(number[0]), start + len(chunk)
    yield Form(value, start, start + number.end(), Kind.NUMBER)
    unit = chunk[number.end() :].strip(" -")
    if not unit:
        return
    size = quantity_token(number[0], unit)
    if size:
        yield Form(size, start, end, Kind.QUANTITY)
    unit_start = end - len(unit)
    if unit[0].isascii():
        if unit.isalpha() and value + unit != size:
            yield Form(value + unit, start, end, Kind.JOINED if chunk[number.end()] in " -" else Kind.CODE)
        for word in _LETTERS.finditer(unit):
            at = unit_start + word.start()
            yield Form(stem(word[0]), at, at + len(word[0]), Kind.PART)
    else:
        yield Form(value + unit[0], start, unit_start + 1, Kind.JOINED)
        yield from _han(unit, unit_start)


def _sizes(chunk: str, start: int) -> Iterator[Form]:
    """A size such as 880 x 595 x 1270 mm: the whole glued, and each number with the unit of the last."""
    unit = _UNIT_AT_END.search(chunk)
    body = chunk[: unit.start()] if unit else chunk
    yield Form(body.replace(" ", "").replace("*", "x"), start, start + len(body), Kind.CODE)
    yield from _with_unit(chunk, start)


def _with_unit(chunk: str, start: int) -> Iterator[Form]:
    """Every number of a size or a range (20-30 kg) with the unit at its end."""
    unit = _UNIT_AT_END.search(chunk)
    for found in _PLAIN_NUMBER.finditer(chunk, 0, unit.start() if unit else len(chunk)):
        begin, end = start + found.start(), start + found.end()
        yield Form(plain_number(found[0]), begin, end, Kind.NUMBER)
        if unit and (size := quantity_token(found[0], unit[1])):
            yield Form(size, begin, end, Kind.QUANTITY)
    if unit and unit[1].isalpha() and unit[1].isascii():
        yield Form(unit[1], start + unit.start(1), start + len(chunk), Kind.PART)
