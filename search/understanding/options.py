"""Words that are options of an attribute: materials, certificates, laser source, cleanliness.

An option counts when the type has the attribute. Certificates and materials count without a type as well. Options
whose word is a bare number or one letter are never read from a line; two letters (PP) only in capitals.
"""

import re
from dataclasses import dataclass

from marketplace.kernel.quantities import normalise
from search.text.folding import is_han
from search.understanding.line import Line
from search.understanding.words import AttributeWords, Vocabulary
from search.vocabulary.phrases import Phrases, stands_alone

CERTIFICATES = "certificates"
MATERIALS = "materials"
_WITHOUT_TYPE = frozenset({CERTIFICATES, MATERIALS})
_TOO_COMMON = frozenset(
    {"其他", "other", "无", "none", "机械", "电子", "加工", "检测", "包装", "现场", "machining", "inspection", "electronics", "machinery", "packing", "assembly",
     "max", "ci", "ei", "cad", "ms", "delivered", "on site", "manual", "energy", "装配", "手动", "机械式", "绿光"}
)  # fmt: skip
_EITHER = re.compile(r"\s*(?:或者?|/|、|\bor\b)\s*")


@dataclass(frozen=True, slots=True)
class Option:
    """One wanted option, or several of which one suffices."""

    attribute: AttributeWords
    codes: tuple[str, ...]
    start: int
    end: int


def read_options(line: Line, vocabulary: Vocabulary, type_code: str | None) -> list[Option]:
    """Every option named in the line; takes the words. Options joined by 或 or "or" are alternatives."""
    read: list[Option] = []
    phrases = _phrases(vocabulary, type_code)
    for start, end, meanings in list(phrases.find(line.unread)):
        if end - start == 1 and not stands_alone(line.unread, start, end):
            continue
        if _is_doubtful(line.written(line.folded.span(start, end)), phrases):
            continue
        attribute_code, option_code = meanings[0]
        attribute = vocabulary.attributes_by_code[attribute_code]
        last = read[-1] if read else None
        if last and last.attribute.code == attribute_code and _EITHER.fullmatch(line.folded.text, last.end, start):
            read[-1] = Option(attribute, tuple(dict.fromkeys((*last.codes, option_code))), last.start, end)
        elif any(option.attribute.code == attribute_code and option_code in option.codes for option in read):
            pass  # said twice
        else:
            read.append(Option(attribute, (option_code,), start, end))
        line.take(start, end)
    return read


def _is_doubtful(written: str, phrases: Phrases[tuple[str, str]]) -> bool:
    """Two letters are a material only in capitals, and never in the plural: pcs are pieces."""
    plain = normalise(written)
    if not plain.isascii() or len(plain) > 3:
        return False
    return not phrases.meanings(plain) or (len(plain) == 2 and not plain.isupper())


def _names(vocabulary: Vocabulary, type_code: str | None) -> list[tuple[str, tuple[str, str]]]:
    own = vocabulary.attributes_of(type_code) if type_code else ()
    general = (attribute for attribute in vocabulary.attributes if attribute.code in _WITHOUT_TYPE)
    attributes = {attribute.code: attribute for attribute in (*own, *general)}
    return [
        (name, (attribute.code, option.code))
        for attribute in attributes.values()
        if attribute.kind in {"enumeration", "list"}
        for option in attribute.options
        for name in option.names
        if _is_telling(name, attribute.code)
    ]


def _is_telling(name: str, attribute_code: str) -> bool:
    bare = name.casefold().replace(" ", "")
    if bare.isdigit() or name.casefold() in _TOO_COMMON:
        return False
    if any(is_han(character) for character in name):
        return len(name) > 1 or attribute_code == MATERIALS
    return len(bare) > 1 or any(character.isdigit() for character in bare)


def _phrases(vocabulary: Vocabulary, type_code: str | None) -> Phrases[tuple[str, str]]:
    return vocabulary.built(("options", type_code), lambda: Phrases(_names(vocabulary, type_code)))
