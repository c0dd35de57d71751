"""Which resource type a machine's name, model or description means: the longest known word wins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketplace.kernel.quantities import normalise
from marketplace.listings.catalogue_definitions import ResourceType

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAPS = re.compile(r"[\s_\-./,;:()\[\]|+&·'\"]+")
_NOT_A_MACHINE = re.compile(
    r"(?:刀柄|刀片|刀具|夹头|卡盘|滤芯|备件|配件|零件|耗材|螺丝|螺栓|轴承|切削液|润滑油|液压油|皮带|砂轮片|电极丝|钼丝|保险丝|"
    r"办公桌|办公椅|工作服|手套|打印纸|硒鼓|说明书|电缆|软管|密封圈)(?:\s|\d|套|$)"
)


@dataclass(frozen=True, slots=True)
class Recognition:
    """The type meant, the words that say so, and how telling they are (letters, Han characters double)."""

    type_code: str
    words: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    type_code: str
    weight: int
    depth: int


class Recogniser:
    """Knows the names and aliases of all types, by first character, and the makers' series."""

    def __init__(self, types: Mapping[str, ResourceType]) -> None:
        self._types = types
        self._depth = {code: _depth(code, types) for code in types}
        self._han: dict[str, list[_Word]] = {}
        self._latin: dict[str, list[_Word]] = {}
        self._models = [(re.compile(p, re.IGNORECASE | re.ASCII), t.code) for t in types.values() for p in t.models]
        for resource_type in types.values():
            for name in dict.fromkeys((resource_type.zh, resource_type.en, *resource_type.aliases)):
                self._learn(name, resource_type.code)

    def _learn(self, name: str, type_code: str) -> None:
        folded = _folded(name)
        word = _Word(folded, type_code, _weight(folded), self._depth[type_code])
        shelf = self._latin if folded.isascii() else self._han
        shelf.setdefault(folded.split(" ")[0] if folded.isascii() else folded[0], []).append(word)

    def recognise(self, text: str, hints: Sequence[str] = ()) -> Recognition | None:
        """The best type of a text; hints (model, maker, description) only narrow it, or speak when it says nothing."""
        if _NOT_A_MACHINE.search(text):
            return None
        best = self._best(text)
        for hint in hints:
            other = self._best(hint)
            if other and (best is None or self._narrows(other.type_code, best.type_code)):
                best = other
        return best

    def _narrows(self, code: str, general: str) -> bool:
        parent = self._types[code].parent
        while parent:
            if parent == general:
                return True
            parent = self._types[parent].parent
        return False

    def _best(self, text: str) -> Recognition | None:
        found = list(self._found(text))
        if not found:
            return None
        weight, _, _, recognition = max(found, key=lambda item: item[:3])
        narrower = [item for item in found if self._narrows(item[3].type_code, recognition.type_code)]
        if narrower:
            return max(narrower, key=lambda item: item[:3])[3]
        return recognition if weight > 1 else None

    def _found(self, text: str) -> Iterable[tuple[int, int, int, Recognition]]:
        """Every known word in the text with weight, place and depth in the tree."""
        folded = _folded(text)
        for place, character in enumerate(folded):
            for word in self._han.get(character, ()):
                if folded.startswith(word.folded, place):
                    yield word.weight, place, word.depth, Recognition(word.type_code, word.folded, word.weight)
        for match in re.finditer(r"[a-z0-9]+", folded):
            yield from self._latin_at(folded, match.start(), match.group())
        for pattern, code in self._models:
            match = pattern.search(text)
            if match:
                yield 5, match.start(), self._depth[code], Recognition(code, match.group().strip(), 5)

    def _latin_at(self, folded: str, place: int, token: str) -> Iterable[tuple[int, int, int, Recognition]]:
        for key in dict.fromkeys((token, token.rstrip("0123456789"), token.rstrip("s"))):
            for word in self._latin.get(key, ()):
                after = folded[place + len(word.folded) : place + len(word.folded) + 2]
                if folded.startswith(word.folded, place) and not re.match(r"[a-rt-z]|s[a-z]", after):
                    yield word.weight, place, word.depth, Recognition(word.type_code, word.folded, word.weight)


def _depth(code: str, types: Mapping[str, ResourceType]) -> int:
    parent = types[code].parent
    return 0 if parent is None else 1 + _depth(parent, types)


def _weight(folded: str) -> int:
    return sum(1 if character.isascii() else 2 for character in folded if character != " ")


def _folded(text: str) -> str:
    return _GAPS.sub(" ", _CAMEL.sub(" ", normalise(text))).casefold().strip()
