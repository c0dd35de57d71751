"""Help with words: what may be meant while typing, and known words for those the index has never seen.

All help comes from the words of the served documents, so every suggestion finds something.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.ranking.frequencies import Lexicon
from search.ranking.function_words import is_function_word
from search.ranking.query import Expansion
from search.text.folding import folded
from search.text.kinds import Kind
from search.text.pinyin import initials, sound_key, syllables
from search.text.stems import stem
from search.text.tokens import Token, tokenise

REPAIR_WEIGHT = 0.7
_MOST_REPAIRS = 3
_MOST_CODES = 12
_SHORTEST_REPAIRED = 4
_SHORTEST_PARTIAL_CODE = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word or phrase of the index with the number of documents that write it."""

    text: str
    documents: int


@dataclass(frozen=True, slots=True)
class _Words:
    """A lexicon arranged for looking up what is like something."""

    by_letter: dict[str, list[str]]  # stemmed Latin words by first letter
    codes: list[str]
    by_sound: dict[str, list[str]]  # Chinese phrases by how they sound
    spelt: dict[str, str]  # stem -> its commonest spelling
    surfaces: list[tuple[str, str, int]]  # (folded, as written, documents), commonest first


@lru_cache(maxsize=4)
def _words(lexicon: Lexicon) -> _Words:
    by_letter: defaultdict[str, list[str]] = defaultdict(list)
    codes: list[str] = []
    for token in lexicon.frequencies:
        if token.isascii() and token.isalpha() and len(token) >= _SHORTEST_REPAIRED - 1:
            by_letter[token[0]].append(token)
        elif token.isascii() and token.isalnum() and not token.isdigit() and len(token) > _SHORTEST_PARTIAL_CODE:
            codes.append(token)
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    spelt: dict[str, str] = {}
    common = sorted(lexicon.surfaces.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    for surface, _ in common:
        if surface.isascii():
            spelt.setdefault(stem(folded(surface)), surface)
        else:
            by_sound[sound_key(surface)].append(surface)
    surfaces = [(folded(surface), surface, count) for surface, count in common]
    return _Words(dict(by_letter), sorted(codes), dict(by_sound), spelt, surfaces)


def repairs(text: str, lexicon: Lexicon) -> tuple[Expansion, ...]:
    """Known words for each typed word that no document holds: near spellings, codes that begin so, like sounds.

    Words the index knows are never touched, so a repair cannot push a real match down.
    """
    if not lexicon.documents:
        return ()
    return tuple(_repairs(text, lexicon))


def did_you_mean(text: str, lexicon: Lexicon) -> str | None:
    """The line with its unknown words replaced by their best repair, None when there is nothing to repair."""
    best: dict[tuple[int, int], str] = {}
    for repair in repairs(text, lexicon):
        best.setdefault((repair.start, repair.end), repair.words)
    if not best:
        return None
    words = _words(lexicon)
    mended, at = "", 0
    for (start, end), replacement in sorted(best.items()):
        mended += text[at:start] + words.spelt.get(replacement, replacement)
        at = end
    return mended + text[at:]


def suggestions(typed: str, lexicon: Lexicon, *, limit: int = 8) -> list[Suggestion]:
    """Words and phrases that begin like what was typed, in characters, in pinyin or in its initials; commonest first."""
    begun = folded(typed).strip()
    if not begun:
        return []
    found: dict[str, Suggestion] = {}
    for rank in (_begins_so, _sounds_so):
        for surface, written, count in _words(lexicon).surfaces:
            if len(found) >= limit:
                break
            if surface not in found and rank(surface, begun):
                found[surface] = Suggestion(written, count)
    return list(found.values())


def _begins_so(surface: str, begun: str) -> bool:
    return surface.startswith(begun)


def _sounds_so(surface: str, begun: str) -> bool:
    if surface.isascii() or not begun.isascii():
        return begun in surface
    return len(begun) > 1 and (initials(surface).startswith(begun) or "".join(syllables(surface)).startswith(begun))


def _repairs(text: str, lexicon: Lexicon) -> Iterator[Expansion]:
    tokens = tokenise(text)
    words = _words(lexicon)
    for token in tokens:
        if lexicon.knows(token.text):
            continue
        if token.kind is Kind.WORD and len(token.text) >= _SHORTEST_REPAIRED and not is_function_word(token.text):
            yield from _expansions(token, _near(token.text, words, lexicon), REPAIR_WEIGHT)
        elif token.kind is Kind.CODE and len(token.text) >= _SHORTEST_PARTIAL_CODE:
            yield from _expansions(token, _codes(token.text, words), REPAIR_WEIGHT)
    yield from _sounding(text, tokens, words, lexicon)


def _expansions(token: Token, replacements: list[str], weight: float) -> Iterator[Expansion]:
    for replacement in replacements:
        yield Expansion(token.start, token.end, replacement, weight)


def _near(word: str, words: _Words, lexicon: Lexicon) -> list[str]:
    """Words with the same first letter, one slip away (two in long words), the commonest of the nearest first."""
    slips = 1 if len(word) < 8 else 2
    near = process.extract(word, words.by_letter.get(word[0], []), scorer=OSA.distance, score_cutoff=slips, limit=20)
    ordered = sorted(near, key=lambda each: (each[1], -lexicon.frequencies[each[0]], each[0]))
    return [found for found, distance, _ in ordered if distance == ordered[0][1]][:_MOST_REPAIRS]


def _codes(code: str, words: _Words) -> list[str]:
    """Codes that begin with what was typed, else codes that hold it."""
    beginning = [known for known in words.codes if known.startswith(code)]
    return (beginning or [known for known in words.codes if code in known])[:_MOST_CODES]


def _sounding(text: str, tokens: list[Token], words: _Words, lexicon: Lexicon) -> Iterator[Expansion]:
    """For a stretch of Chinese with a pair nobody writes: known phrases that sound like it or like a part of it."""
    unknown = [token for token in tokens if token.kind is Kind.PAIR and not lexicon.knows(token.text)]
    for start, end in _runs_around(unknown, tokens):
        for length in range(end - start, 1, -1):
            found = [
                Expansion(first, first + length, phrase, REPAIR_WEIGHT)
                for first in range(start, end - length + 1)
                if any(first <= token.start and token.end <= first + length for token in unknown)
                for phrase in words.by_sound.get(sound_key(text[first : first + length]), [])[:_MOST_REPAIRS]
                if len(folded(phrase)) == length
            ]
            if found:
                yield from found
                break


def _runs_around(unknown: list[Token], tokens: list[Token]) -> list[tuple[int, int]]:
    """The unbroken stretches of Chinese in which unknown pairs stand."""
    runs: list[tuple[int, int]] = []
    for token in tokens:
        if token.kind is Kind.PAIR:
            if runs and token.start < runs[-1][1]:
                runs[-1] = (runs[-1][0], token.end)
            else:
                runs.append((token.start, token.end))
    return [(start, end) for start, end in runs if end - start <= 12 and any(start <= t.start < end for t in unknown)]
