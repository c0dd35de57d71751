"""What one column's header means: a field of the ledger, an attribute of the catalogue, or nothing we read."""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from marketplace.listings.catalogue import header_key, load_catalogue
from marketplace.listings.ledger.cells.amounts import read_rate_header
from marketplace.listings.ledger.cells.attributes import spellings
from marketplace.listings.ledger.mapping import ATTRIBUTE, Field
from marketplace.listings.ledger.tables.vocabulary import (
    ENDINGS_EN,
    ENDINGS_ZH,
    EXACT_EN,
    EXACT_ZH,
    FLAGS,
    FLAGS_EN,
)

BRACKETS = re.compile(r"[(\[【{<《〈]([^()\[\]【】{}<>《》〈〉]*)[)\]】}>》〉]")
MARKS = re.compile(r"[*＊★☆▲●:：。.、,，\"'“”\s_\-—=|\\]+")
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9&/'#. \-_]*")
FILLER = re.compile(r"必填|选填|可选|可填|必选|请填写|文本格式|文本|下拉选择|下拉")
LOUD = 3
FAIR = 2
FAINT = 1
LONGEST_HEADER = 60

EXACT: dict[str, Field] = {}
for _field, _words in EXACT_ZH.items():
    for _word in _words.split():
        EXACT.setdefault(_word, _field)
for _field, _words in EXACT_EN.items():
    for _word in _words.split("|"):
        EXACT.setdefault(MARKS.sub("", _word), _field)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`strength`: 3 a word that only headers use, 2 a telling ending, 1 an attribute or a column we know and skip."""

    field: str
    strength: int
    state: str | None = None


@lru_cache(maxsize=4096)
def meaning_of(header: str) -> Meaning | None:
    """The field a header names, in Chinese, English, or both in one cell; None when it says nothing we know."""
    plain = " ".join(normalize("NFKC", header).split())
    if not plain or len(plain) > LONGEST_HEADER * 2:
        return None
    bare = FILLER.sub("", BRACKETS.sub(" ", plain)).strip() or plain
    if len(bare) > LONGEST_HEADER:
        return None
    return (
        _flag(plain) or _exact(bare) or _exact(plain) or _priced(plain) or _of_parts(bare, plain) or _attribute(plain)
    )


@lru_cache(maxsize=8192)
def is_header_word(text: str) -> bool:
    """A quick look: the text, or its Chinese half, is one of the words that stand above columns."""
    found = _exact(BRACKETS.sub(" ", normalize("NFKC", text)).strip() or text)
    if found is None and HAN.search(text) and LATIN_RUN.search(text):
        found = _exact("".join(mark for mark in text if HAN.match(mark)))
    return found is not None and found.strength == LOUD


def _flag(plain: str) -> Meaning | None:
    word = MARKS.sub("", plain).casefold()
    if EXACT.get(word) is Field.SHARED_FLAG:
        return Meaning(Field.SHARED_FLAG, LOUD)
    match = FLAGS.search(word) or FLAGS_EN.fullmatch(plain.casefold())
    return Meaning(Field.STATUS_FLAG, LOUD, state=match["state"]) if match else None


def _exact(text: str) -> Meaning | None:
    word = MARKS.sub("", text).casefold()
    found = EXACT.get(word) or EXACT.get(word.replace("/", "")) or EXACT.get(re.sub(r"(?:及|与|和|或)", "", word))
    if found is None:
        return None
    if found is Field.ORIGINAL_VALUE and read_rate_header(text).per:
        return Meaning(Field.PRICE, LOUD)
    return Meaning(found, FAINT if found is Field.IGNORE else LOUD)


def _priced(plain: str) -> Meaning | None:
    """元/小时 in a header makes it a price whatever it is called; power in kW·h and the like are no money."""
    word = plain.casefold().replace(" ", "")
    if (
        re.search(
            r"(?:元|¥|rmb|cny|usd|\$|eur|€)[)\]】]?[/每·]|(?:/|每)(?:小时|天|日|月|样品?|件|次|台班)\)?.*元", word
        )
        and read_rate_header(plain).per
    ):
        return Meaning(Field.PRICE, LOUD)
    return None


def _of_parts(bare: str, plain: str) -> Meaning | None:
    """设备名称 Equipment Name: the Chinese words decide, then the Latin ones, then what stands in brackets."""
    han = MARKS.sub("", "".join(mark for mark in bare if HAN.match(mark) or mark.isdigit() or mark in "/#"))
    latin = " ".join(run.strip(" -/._") for run in LATIN_RUN.findall(bare))
    if HAN.search(han):
        found = EXACT.get(han) or EXACT.get(han.replace("/", "").strip("0123456789"))
        if found:
            return Meaning(found, FAINT if found is Field.IGNORE else LOUD)
    for side in (_ending_zh(han), _exact(latin) if latin else None, _inside_brackets(plain)):
        if side:
            return side
    if HAN.search(han) and _attribute(plain):
        return None
    return _ending_en(latin)


def _ending_zh(han: str) -> Meaning | None:
    if not HAN.search(han) or len(han) > 24:
        return None
    word = han.casefold()
    if not re.search(r"名称|编号|型号", word) and _attribute(han):
        return None
    for pattern, field in ENDINGS_ZH:
        if pattern.search(word):
            return Meaning(field, FAINT if field is Field.IGNORE else FAIR)
    return None


def _inside_brackets(plain: str) -> Meaning | None:
    for inside in BRACKETS.findall(plain):
        found = _exact(inside) if len(inside) > 2 else None
        if found and found.field not in {Field.COUNT_UNIT, Field.IGNORE, Field.SPECIFICATION, Field.CATEGORY}:
            return Meaning(found.field, FAIR)
    return None


def _ending_en(latin: str) -> Meaning | None:
    words = re.sub(r"[_\-.]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", latin)).casefold().strip()
    if not words or len(words.split()) > 6:
        return None
    if again := EXACT.get(words.replace(" ", "")):
        return Meaning(again, FAINT if again is Field.IGNORE else LOUD)
    if _attribute(latin):
        return None
    for pattern, field in ENDINGS_EN:
        if pattern.search(words):
            return Meaning(field, FAINT if field is Field.IGNORE else FAIR)
    return None


@lru_cache(maxsize=4096)
def _attribute(header: str) -> Meaning | None:
    """An attribute, or several for a compound column; `attribute:` alone when only the row's type can tell which."""
    return next((found for spelling in spellings(header) if (found := _attribute_of(spelling))), None)


@lru_cache(maxsize=1)
def _attribute_words() -> frozenset[str]:
    """Every header of every attribute, in the form in which the catalogue compares them."""
    catalogue = load_catalogue()
    single = (w for a in catalogue.attributes.values() for w in (a.zh, a.en, a.code, *a.headers))
    compound = (word for columns in catalogue.compounds for word in columns.headers)
    return frozenset(map(header_key, (*single, *compound)))


def _attribute_of(header: str) -> Meaning | None:
    if header_key(header) not in _attribute_words():
        return None
    catalogue = load_catalogue()
    found = catalogue.attributes_for_header(header)
    if found:
        return Meaning(ATTRIBUTE + "+".join(definition.code for definition in found), FAINT)
    if any(catalogue.attributes_for_header(header, code) for code in catalogue.types):
        return Meaning(ATTRIBUTE, FAINT)
    return None
