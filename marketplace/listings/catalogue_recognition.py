"""Which resource type a machine's name, model or description means: the longest known word wins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from marketplace.kernel.quantities import normalise
from marketplace.listings.catalogue_definitions import ResourceType

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HEAD_WEIGHT = 40
_GAPS = re.compile(r"[\s_\-./,;:()\[\]|+&·'\"]+")
_AFTER_SHORT = re.compile(r"[a-z]")
_AFTER_LONG = re.compile(r"[a-rt-z]|s[a-z]")  # longer words may stand in the plural
_NOT_A_MACHINE = re.compile(
    r"(?:刀柄|刀片|刀具|夹头|卡盘|滤芯|备件|配件|零件|耗材|螺丝|螺栓|轴承|切削液|润滑油|液压油|皮带|砂轮片|电极丝|钼丝|保险丝|"
    r"电池|轨道|电焊条|焊丝|办公桌|办公椅|工作服|手套|打印纸|硒鼓|说明书|电缆|软管|密封圈)(?:\s|\d|套|$)"
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


_WORD_STARTS = re.compile(r"\b[A-Za-z0-9]", re.ASCII)
_REMEMBERED = 8192
_Candidate = tuple[int, int, int, Recognition]


class Recogniser:
    """Knows the names and aliases of all types, by first character, and the makers' series.

    An alias that begins with "=" counts only when it is the whole text.
    """

    def __init__(self, types: Mapping[str, ResourceType]) -> None:
        self._types = types
        self._depth = {code: _depth(code, types) for code in types}
        self._han: dict[str, list[_Word]] = {}
        self._latin: dict[str, list[_Word]] = {}
        self._whole: dict[str, _Word] = {}
        self._models: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for pattern, code in ((p, t.code) for t in types.values() for p in t.models):
            self._models.setdefault(_initial(pattern), []).append((re.compile(pattern, re.IGNORECASE | re.ASCII), code))

        def best_words(text: str) -> "Recognition | None":
            return self._best(self._words(text))

        def best_series(text: str) -> "Recognition | None":
            return self._best(self._series(text))

        self._best_words = lru_cache(maxsize=_REMEMBERED)(best_words)
        self._best_series = lru_cache(maxsize=_REMEMBERED)(best_series)
        for resource_type in types.values():
            for name in dict.fromkeys((resource_type.zh, resource_type.en, *resource_type.aliases)):
                self._learn(name, resource_type.code)

    def _learn(self, name: str, type_code: str) -> None:
        folded = _folded(name.removeprefix("="))
        word = _Word(folded, type_code, _weight(folded), self._depth[type_code])
        if name.startswith("="):
            self._whole[folded] = word
            return
        shelf = self._latin if folded.isascii() else self._han
        shelf.setdefault(folded.split(" ")[0] if folded.isascii() else folded[0], []).append(word)

    def recognise(self, text: str, hints: Sequence[str] = ()) -> Recognition | None:
        """The best type of a text; hints (model, maker, description) only narrow it, or speak when it says nothing.

        Words say more than a maker's series: a series decides alone only where no words do.
        """
        if _NOT_A_MACHINE.search(text):
            return None
        texts = [text, *hints]
        named = [self._best_words(each) for each in texts]
        numbered = [self._best_series(each) for each in texts]
        best = next((found for found in (*named, *numbered) if found), None)
        for other in (*named, *numbered):
            if best and other and self._narrows(other.type_code, best.type_code):
                best = other
        return best

    def _narrows(self, code: str, general: str) -> bool:
        parent = self._types[code].parent
        while parent:
            if parent == general:
                return True
            parent = self._types[parent].parent
        return False

    def _best(self, candidates: Iterable[_Candidate]) -> Recognition | None:
        found = list(candidates)
        if not found:
            return None
        best = max(found, key=lambda item: item[:3])[3]
        narrower = [item for item in found if self._narrows(item[3].type_code, best.type_code)]
        return max(narrower, key=lambda item: item[:3])[3] if narrower else best

    def _words(self, text: str) -> Iterable[_Candidate]:
        """Every known word in the text with weight, place and depth in the tree."""
        folded = _folded(text)
        whole = self._whole.get(folded)
        if whole:
            yield whole.weight, 0, whole.depth, Recognition(whole.type_code, folded, whole.weight)
        for place, character in enumerate(folded):
            for word in self._han.get(character, ()):
                if folded.startswith(word.folded, place):
                    weight = word.weight + self._head(word, folded[place + len(word.folded) :])
                    yield weight, place, word.depth, Recognition(word.type_code, word.folded, weight)
        for match in re.finditer(r"[a-z0-9]+", folded):
            yield from self._latin_at(folded, match.start(), match.group())

    def _head(self, word: _Word, after: str) -> int:
        """A tool named last is what the words mean: 注塑机模具 is a mould."""
        last = not re.match(r"[\u4e00-\u9fff]", after)
        return _HEAD_WEIGHT if last and self._types[word.type_code].kind == "tool" else 0

    def _series(self, text: str) -> Iterable[_Candidate]:
        """Every maker's series in the text; only those that begin like one of its words are looked at."""
        for initial in {"", *map(str.lower, _WORD_STARTS.findall(text))}:
            for pattern, code in self._models.get(initial, ()):
                match = pattern.search(text)
                if match:
                    weight = _weight(match.group().strip())
                    yield weight, match.start(), self._depth[code], Recognition(code, match.group().strip(), weight)

    def _latin_at(self, folded: str, place: int, token: str) -> Iterable[_Candidate]:
        for key in dict.fromkeys((token, token.rstrip("0123456789"), token.rstrip("s"))):
            for word in self._latin.get(key, ()):
                after = folded[place + len(word.folded) : place + len(word.folded) + 2]
                ends = _AFTER_LONG if len(word.folded) > 3 else _AFTER_SHORT
                if folded.startswith(word.folded, place) and not ends.match(after):
                    yield word.weight, place, word.depth, Recognition(word.type_code, word.folded, word.weight)


def _initial(pattern: str) -> str:
    """The first letter of a series that begins a word; empty when the pattern can begin in several ways."""
    match = re.match(r"\\b([A-Za-z0-9])(?![?*{|])", pattern)
    return match[1].lower() if match and "|" not in re.sub(r"\([^()]*\)", "", pattern) else ""


def _depth(code: str, types: Mapping[str, ResourceType]) -> int:
    parent = types[code].parent
    return 0 if parent is None else 1 + _depth(parent, types)


def _weight(folded: str) -> int:
    return sum(1 if character.isascii() else 2 for character in folded if character != " ")


def _folded(text: str) -> str:
    return _GAPS.sub(" ", _CAMEL.sub(" ", normalise(text))).casefold().strip()
