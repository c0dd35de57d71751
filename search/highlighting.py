"""Where the words of a query stand in a text, as spans of the text as written; nothing is marked up here."""

from collections.abc import Iterator
from dataclasses import dataclass

from search.ranking.function_words import han_function_share, is_function_word
from search.ranking.query import Query
from search.text.kinds import Kind
from search.text.tokens import Token, tokenise

_TELLING = frozenset({Kind.PAIR, Kind.WORD, Kind.NUMBER, Kind.CODE, Kind.JOINED, Kind.QUANTITY})
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text with the marked spans inside it (half-open, counted from the piece's beginning)."""

    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool
    cut_after: bool


def marks(text: str, query: Query) -> list[tuple[int, int]]:
    """Half-open spans to mark, in order, touching ones joined. Words of grammar are not marked."""
    wanted = {term.token for term in query.terms()}
    lone = {group.alternatives[0].terms[0].token for group in query.groups if len(group.alternatives[0].terms) == 1}
    told = (
        (token.start, token.end)
        for token in tokenise(text[:_LONGEST_TEXT])
        if token.text in wanted and _is_telling(token, lone)
    )
    spans: list[tuple[int, int]] = []
    for start, end in sorted(told):  # joined words come after the words they join
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def excerpt(text: str, query: Query, *, length: int = 120) -> Excerpt:
    """The stretch of about `length` characters that holds the most marks, the beginning when there are none."""
    spans = marks(text, query)
    start = _best_start(spans, length)
    start = max(0, min(start, len(text) - length))
    end = min(len(text), start + length)
    inside = tuple(_clipped(spans, start, end))
    return Excerpt(text[start:end], inside, start > 0, end < len(text))


def _is_telling(token: Token, lone: set[str]) -> bool:
    match token.kind:
        case Kind.PAIR:
            return han_function_share(token.text) < 1
        case Kind.WORD:
            return not is_function_word(token.text)
        case Kind.HAN:
            return token.text in lone
        case _:
            return token.kind in _TELLING


def _best_start(spans: list[tuple[int, int]], length: int) -> int:
    best, best_covered = 0, 0
    for start, _ in spans:
        covered = sum(last - first for first, last in spans if first >= start and last <= start + length - 10)
        if covered > best_covered:
            best, best_covered = max(0, start - 10), covered
    return best


def _clipped(spans: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    for first, last in spans:
        if first < end and last > start:
            yield max(first, start) - start, min(last, end) - start
