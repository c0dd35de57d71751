"""Which resource type a line asks for: its name, a synonym, a telling feature, a process, a maker's series.

The strongest words win: a feature (五轴) over a name (加工中心) over a process (铣) over a series (VMC850). Words for a
family support its members. Several types of equal strength: the one said where something is asked for (找, 租, need),
then the first; the others are offered as alternatives.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search.text.folding import is_han
from search.understanding.line import PROSE_BREADTH, Line
from search.understanding.words import Vocabulary
from search.vocabulary.phrases import Phrases, stands_alone
from search.vocabulary.reader import Process, load_processes, load_synonyms

NAME, FEATURE, PROCESS, FAMILY, SERIES, ORDINARY = 30, 31, 12, 10, 8, 4
_ASKED_BONUS = 6
SHORT_BREADTH = 36
"""Breadth of a line up to which an ordinary word (saw, turning) is taken for a machine; families count up to prose."""

MODEL_CODE = re.compile(
    r"(?<![a-z0-9])(?!ra\s?[\d.]+|[xyz]\d{2,3}(?:mm)?(?![a-z0-9])|[kcdm]?m[23](?![a-z0-9])|ft[23](?![a-z0-9]))(?=[a-z0-9.\-/]*\d)([a-z]{1,8})[-.]?\d[a-z0-9]*(?:[-/.][a-z0-9]+)*"
)
_ASKED = re.compile(
    r"(?:找|求|租|需要?|想要|急需|寻|预[约订]|\bneed(?:s|ed)?|\blooking for|\bwant(?:s|ed)?|\brent|\bhire|\bfind|\bbook)[^,.。;，；]{0,12}$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that point at a type: how strongly, and whether they are taken as words of the type."""

    start: int
    end: int
    type_code: str
    strength: int
    is_taken: bool = True

    @property
    def is_feature(self) -> bool:
        return self.strength == FEATURE


@dataclass(frozen=True, slots=True)
class TypeReading:
    type_code: str
    spans: tuple[tuple[int, int], ...]
    others: tuple[str, ...]


def read_type(line: Line, vocabulary: Vocabulary) -> TypeReading | None:
    """The type asked for; takes the words that say so."""
    mentions = list(_mentions(line, vocabulary))
    if not mentions:
        return None
    ranked = sorted(
        {mention.type_code for mention in mentions}, key=lambda code: _rank(code, mentions, vocabulary, line)
    )
    best = _narrowed(ranked[0], ranked, mentions, vocabulary)
    lineage = vocabulary.lineage(best)
    saying = [mention for mention in mentions if mention.type_code in lineage]
    spans = tuple((mention.start, mention.end) for mention in saying if mention.is_taken)
    for start, end in spans:
        line.take(start, end)
    others = tuple(code for code in ranked[1:] if code not in lineage and best not in vocabulary.lineage(code))
    shown = spans or tuple((mention.start, mention.end) for mention in saying)
    return TypeReading(best, shown, others[:4])


def _narrowed(best: str, ranked: list[str], mentions: list[Mention], vocabulary: Vocabulary) -> str:
    """A type below the best one that was said as well, or the one that a feature names in the same family."""
    family = vocabulary.lineage(best)[-1]
    for mention in mentions:
        if mention.is_feature and vocabulary.lineage(mention.type_code)[-1] == family:
            return mention.type_code
    return next((code for code in ranked[1:] if best in vocabulary.lineage(code)[1:]), best)


def _rank(code: str, mentions: list[Mention], vocabulary: Vocabulary, line: Line) -> tuple[int, int, int, int]:
    lineage = vocabulary.lineage(code)
    own = [mention for mention in mentions if mention.type_code == code]
    support = [mention for mention in mentions if mention.type_code in lineage[1:]]
    strength = max(min(mention.strength, NAME) for mention in own) + (2 if support else 0)
    if any(_ASKED.search(line.folded.text, max(0, mention.start - 30), mention.start) for mention in own):
        strength += _ASKED_BONUS
    longest = max(mention.end - mention.start for mention in own)
    return -strength, min(mention.start for mention in own), -len(lineage), -longest


def _mentions(line: Line, vocabulary: Vocabulary) -> Iterator[Mention]:
    weakest = ORDINARY if line.breadth <= SHORT_BREADTH else SERIES if line.breadth <= PROSE_BREADTH else PROCESS
    for start, end, meanings in _phrases(vocabulary).find(line.unread):
        if end - start == 1 and is_han(line.unread[start]) and not _is_told(line.unread, start, end):
            continue
        for code, strength in meanings:
            if strength >= weakest:
                yield Mention(start, end, code, strength)
    if MODEL_CODE.search(line.folded.text):
        yield from _series_mentions(line, vocabulary)


def _is_told(text: str, start: int, end: int) -> bool:
    """A single character (铣) is a process where it stands alone, and between "can" and a figure: 能铣3米."""
    return stands_alone(text, start, end) or (text[start - 1 : start] in "能可会要" and text[end : end + 1].isdigit())


def _series_mentions(line: Line, vocabulary: Vocabulary) -> Iterator[Mention]:
    """A maker's series hints at the type but stays a word: who types VMC850 wants to read it in the title."""
    for pattern, code in _series(vocabulary):
        match = pattern.search(line.folded.text)
        if match:
            yield Mention(*match.span(), code, SERIES, is_taken=False)


def _named(vocabulary: Vocabulary) -> Iterable[tuple[str, tuple[str, int]]]:
    """Every phrase with the type it names. A word that two unrelated types share names neither."""
    named: dict[str, set[str]] = {}
    for words in vocabulary.types:
        for name in (words.zh, words.en, *words.aliases):
            named.setdefault(name, set()).add(words.code)
    pairs = [
        (name, (code, _strength(code, vocabulary)))
        for name, codes in named.items()
        for code in _one_line(codes, vocabulary)
    ]
    names = Phrases[str]((name, code) for name, (code, _) in pairs)
    processes = load_processes()
    told = {word for process in processes for word in process.words}
    pairs = [(name, meaning) for name, meaning in pairs if name not in told]
    for group in load_synonyms():
        codes = _one_line({code for word in group.words for code in names.meanings(word)}, vocabulary)
        pairs += [
            (word, (code, _strength(code, vocabulary)))
            for word in (*group.words, *group.narrower)
            if not names.meanings(word) and word not in told
            for code in codes
        ]
    pairs += [(word, (code, strength)) for word, code, strength in _processes(processes, vocabulary)]
    return pairs


def _strength(code: str, vocabulary: Vocabulary) -> int:
    """The name of a whole family (机床) says less than the name of a machine."""
    return FAMILY if vocabulary.types_by_code[code].parent is None else NAME


def _processes(processes: tuple[Process, ...], vocabulary: Vocabulary) -> Iterator[tuple[str, str, int]]:
    strengths = {"feature": FEATURE, "process": PROCESS, "ordinary": ORDINARY}
    for process in processes:
        code = next((code for code in process.types if code in vocabulary.types_by_code), None)
        if code is not None:
            yield from ((word, code, strengths[process.kind]) for word in process.words)


def _one_line(codes: set[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The most general of codes that lie on one line of the tree; nothing when they do not."""
    if not codes:
        return ()
    top = min(codes, key=lambda code: (len(vocabulary.lineage(code)), code))
    return (top,) if all(top in vocabulary.lineage(code) for code in codes) else ()


def _phrases(vocabulary: Vocabulary) -> Phrases[tuple[str, int]]:
    return vocabulary.built("types", lambda: Phrases(_named(vocabulary)))


def _series(vocabulary: Vocabulary) -> tuple[tuple[re.Pattern[str], str], ...]:
    return vocabulary.built(
        "series",
        lambda: tuple(
            (re.compile(pattern, re.IGNORECASE), words.code) for words in vocabulary.types for pattern in words.models
        ),
    )
