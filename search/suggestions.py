"""Help with words: what may be meant while typing, and known words for those the index has never seen.

All help comes from the words of the served documents, so every suggestion finds something.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.ranking.frequencies import Lexicon
from search.ranking.function_words import is_function_word
from search.ranking.query import Expansion
from search.text.folding import folded
from search.text.kinds import Kind
from search.text.pinyin import homophones, initials, sound_key, syllables
from search.text.stems import stem
from search.text.tokens import Token, tokenise
from search.vocabulary.expansion import expand

REPAIR_WEIGHT = 0.6
COMPOUND_WEIGHT = 0.95
_MOST_REPAIRS = 3
_MOST_REPAIRED = 12  # words of one line
_MOST_CODES = 12
_SHORTEST_REPAIRED = 5
_SHORTEST_KNOWN = 3
_SHORTEST_HALF = 3
_LONGEST_SOUNDED = 8
_SHORTEST_PARTIAL_CODE = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word or phrase of the index with the number of documents that write it."""

    text: str
    documents: int


@dataclass(frozen=True, slots=True)
class _Surface:
    """A word or phrase as written, ready to be compared with what is being typed."""

    written: str
    documents: int
    folded: str
    initials: str  # of its pinyin, empty for Latin
    sounds: str


@dataclass(frozen=True, slots=True)
class _Words:
    """A lexicon arranged for looking up what is like something."""

    by_letter: dict[str, list[str]]  # stemmed Latin words by first letter
    spellings: dict[str, list[str]]  # Latin words as written, folded, by first letter
    codes: list[str]  # sorted
    all_codes: str  # the same, a line for each
    by_sound: dict[str, list[str]]  # Chinese phrases by how they sound
    spelt: dict[str, list[str]]  # stem -> its spellings, commonest first
    surfaces: list[_Surface]  # commonest first


@lru_cache(maxsize=2)
def _words(lexicon: Lexicon) -> _Words:
    by_letter: defaultdict[str, list[str]] = defaultdict(list)
    codes: list[str] = []
    for token in lexicon.frequencies:
        if token.isascii() and token.isalpha() and len(token) >= _SHORTEST_KNOWN:
            by_letter[token[0]].append(token)
        elif token.isascii() and token.isalnum() and not token.isdigit() and len(token) > _SHORTEST_PARTIAL_CODE:
            codes.append(token)
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    spelt: defaultdict[str, list[str]] = defaultdict(list)
    common = sorted(lexicon.surfaces.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    for surface, _ in common:
        if surface.isascii():
            spelt[stem(folded(surface))].append(surface)
        else:
            by_sound[sound_key(surface)].append(surface)
    surfaces = [_surface(surface, count) for surface, count in common]
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for surface in surfaces:
        if surface.folded.isascii() and surface.folded.isalpha() and len(surface.folded) > _SHORTEST_KNOWN:
            spellings[surface.folded[0]].append(surface.folded)
    codes.sort()
    lines = "".join(f"{code}\n" for code in codes)
    return _Words(dict(by_letter), dict(spellings), codes, lines, dict(by_sound), dict(spelt), surfaces)


def _surface(written: str, documents: int) -> _Surface:
    if written.isascii():
        return _Surface(written, documents, folded(written), "", "")
    return _Surface(written, documents, folded(written), initials(written), "".join(syllables(written)))


def repairs(text: str, lexicon: Lexicon) -> tuple[Expansion, ...]:
    """Known words for each typed word that no document holds: near spellings, codes that begin so, like sounds.

    Words the index knows are left as they are, but two that it also writes as one are found so too (foot stool).
    """
    if not lexicon.documents:
        return ()
    tokens = tokenise(text)
    return (*_repairs(text, tokens, lexicon), *_compounds(text, tokens, lexicon))


def did_you_mean(text: str, lexicon: Lexicon) -> str | None:
    """The line with its unknown words replaced by their best repair, None when there is nothing to repair."""
    best: dict[tuple[int, int], str] = {}
    for repair in _repairs(text, tokenise(text), lexicon) if lexicon.documents else ():
        best.setdefault((repair.start, repair.end), repair.words)
    if not best:
        return None
    words = _words(lexicon)
    mended, at = "", 0
    for (start, end), replacement in sorted(best.items()):
        mended += text[at:start] + _spelling(replacement, text[start:end], words)
        at = end
    return mended + text[at:]


def _spelling(replacement: str, typed: str, words: _Words) -> str:
    """The spelling of a stem that is nearest to what was typed: machning becomes machining, not machine."""
    known = words.spelt.get(replacement) or words.spelt.get(stem(replacement), [replacement])
    return min(known, key=lambda spelling: OSA.distance(folded(spelling), folded(typed)))


def suggestions(typed: str, lexicon: Lexicon, *, limit: int = 8) -> list[Suggestion]:
    """Words and phrases that begin like what was typed, in characters, in pinyin or in its initials; commonest first."""
    begun = folded(typed).strip()
    if not begun:
        return []
    found: dict[str, Suggestion] = {}
    for fits in (_begins_so, _sounds_so):
        for surface in _words(lexicon).surfaces:
            if len(found) >= limit:
                break
            if surface.folded not in found and fits(surface, begun):
                found[surface.folded] = Suggestion(surface.written, surface.documents)
    return list(found.values())


def _begins_so(surface: _Surface, begun: str) -> bool:
    return surface.folded.startswith(begun)


def _sounds_so(surface: _Surface, begun: str) -> bool:
    if not (surface.sounds and begun.isascii()):
        return begun in surface.folded
    return len(begun) > 1 and (surface.initials.startswith(begun) or surface.sounds.startswith(begun))


def _repairs(text: str, tokens: list[Token], lexicon: Lexicon) -> Iterator[Expansion]:
    """A word with reviewed synonyms is no slip, even when no document holds it."""
    words = _words(lexicon)
    spoken_for = [(piece.start, piece.end) for piece in expand(text)]
    unknown = [
        token
        for token in tokens
        if not lexicon.knows(token.text)
        and not any(start <= token.start and token.end <= end for start, end in spoken_for)
    ]
    for token in [token for token in unknown if token.kind in {Kind.WORD, Kind.CODE}][:_MOST_REPAIRED]:
        if (
            token.kind is Kind.WORD
            and token.end - token.start >= _SHORTEST_REPAIRED
            and not is_function_word(token.text)
        ):
            typed = folded(text[token.start : token.end])
            found = _split(typed, lexicon) or _near(typed, words, lexicon)
            yield from _expansions(token, found, REPAIR_WEIGHT)
        elif token.kind is Kind.CODE and len(token.text) >= _SHORTEST_PARTIAL_CODE:
            yield from _expansions(token, _codes(token.text, words), REPAIR_WEIGHT)
    yield from _sounding(text, tokens, [token for token in unknown if token.kind is Kind.PAIR], lexicon)


def _expansions(token: Token, replacements: list[str], weight: float) -> Iterator[Expansion]:
    for replacement in replacements:
        yield Expansion(token.start, token.end, replacement, weight)


def _near(word: str, words: _Words, lexicon: Lexicon) -> list[str]:
    """Words with the same first letter, one slip away (two in long words), the commonest of the nearest first.

    Compared as written where the index keeps the spelling, else as stems.
    """
    slips = 1 if len(word) < 8 else 2
    for typed, known in ((word, words.spellings), (stem(word), words.by_letter)):
        choices = known.get(word[0], [])
        near = process.extract(typed, choices, scorer=OSA.distance, score_cutoff=slips, limit=20)
        ordered = sorted(near, key=lambda each: (each[1], -lexicon.frequencies.get(stem(each[0]), 0), each[0]))
        if ordered:
            return [found for found, distance, _ in ordered if distance == ordered[0][1]][:_MOST_REPAIRS]
    return []


def _split(word: str, lexicon: Lexicon) -> list[str]:
    """Two known words written as one: bookcase where the index writes book case. The evenest rarities win."""
    cuts = [(word[:at], word[at:]) for at in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)]
    known = [
        (min(lexicon.frequencies[stem(left)], lexicon.frequencies[stem(right)]), f"{left} {right}")
        for left, right in cuts
        if lexicon.knows(stem(left)) and lexicon.knows(stem(right))
    ]
    return [max(known)[1]] if known else []


def _compounds(text: str, tokens: list[Token], lexicon: Lexicon) -> Iterator[Expansion]:
    """Two neighbouring words that the index also writes as one."""
    words = [token for token in tokens if token.kind is Kind.WORD]
    for left, right in pairwise(words):
        if right.start - left.end != 1 or is_function_word(left.text) or is_function_word(right.text):
            continue
        together = folded(text[left.start : left.end] + text[right.start : right.end])
        if together.isalpha() and lexicon.knows(stem(together)):
            yield Expansion(left.start, right.end, together, COMPOUND_WEIGHT)


def _codes(code: str, words: _Words) -> list[str]:
    """Codes that begin with what was typed, else codes that hold it."""
    first = bisect_left(words.codes, code)
    beginning = [known for known in words.codes[first : first + _MOST_CODES] if known.startswith(code)]
    return beginning or _codes_holding(code, words)


def _codes_holding(code: str, words: _Words) -> list[str]:
    found: list[str] = []
    at = words.all_codes.find(code)
    while at >= 0 and len(found) < _MOST_CODES:
        begin, end = words.all_codes.rfind("\n", 0, at) + 1, words.all_codes.find("\n", at)
        found.append(words.all_codes[begin:end])
        at = words.all_codes.find(code, end)
    return found


def _sounding(text: str, tokens: list[Token], unknown: list[Token], lexicon: Lexicon) -> Iterator[Expansion]:
    """For a short stretch of Chinese with a pair nobody writes: what sounds like it and is written."""
    by_sound = _words(lexicon).by_sound
    for start, end in _runs_around(unknown, tokens)[:_MOST_REPAIRED]:
        written = text[start:end]
        same = [phrase for phrase in by_sound.get(sound_key(written), []) if len(folded(phrase)) == end - start]
        for phrase in same[:_MOST_REPAIRS] or _one_character_mended(folded(written), lexicon):
            yield Expansion(start, end, phrase, REPAIR_WEIGHT)


def _one_character_mended(run: str, lexicon: Lexicon) -> list[str]:
    """The run with the one character that fits neither neighbour replaced by one that sounds alike and fits both."""
    best: list[tuple[int, str]] = []
    for at, character in enumerate(run):
        left, right = run[at - 1 : at], run[at + 1 : at + 2]
        if any(pair in lexicon.frequencies for pair in _pairs(left, character, right)):
            continue
        for other in homophones(character):
            fits = min((lexicon.frequencies.get(pair, 0) for pair in _pairs(left, other, right)), default=0)
            if fits:
                best.append((fits, run[:at] + other + run[at + 1 :]))
    return [mended for _, mended in sorted(best, reverse=True)[:1]]


def _pairs(left: str, middle: str, right: str) -> list[str]:
    return [pair for pair in (left + middle, middle + right) if len(pair) == 2]


def _runs_around(unknown: list[Token], tokens: list[Token]) -> list[tuple[int, int]]:
    """The unbroken stretches of Chinese in which unknown pairs stand."""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if token.kind is Kind.PAIR:
            if runs and token.start < runs[-1][1]:
                runs[-1] = (runs[-1][0], token.end)
            else:
                runs.append((token.start, token.end))
    return [
        (start, end)
        for start, end in runs
        if end - start <= _LONGEST_SOUNDED and any(start <= t.start < end for t in unknown)
    ]
