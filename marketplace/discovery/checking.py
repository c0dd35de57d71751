"""Whether the index answers as plain SQL does: the commonest words, counted by both."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.discovery.models import SearchRow
from marketplace.discovery.rows import SearchRows
from search.contract import EngineRequest, SearchEngine
from search.ranking.query import build_query

SAMPLE = 40


@dataclass(frozen=True, slots=True)
class DifferentAnswer:
    """A word that index and rows find in a different number of listings."""

    word: str
    in_index: int
    in_rows: int


def differing_words(session: Session, engine: SearchEngine) -> list[DifferentAnswer]:
    """Words of a sample of titles and models for which the two differ."""
    rows = SearchRows(session)
    differing: list[DifferentAnswer] = []
    for word in _sample(session):
        request = EngineRequest(query=build_query(word, any_word=True))
        in_index, in_rows = engine.count(request), rows.count(request)
        if in_index != in_rows:
            differing.append(DifferentAnswer(word, in_index, in_rows))
    return differing


def _sample(session: Session) -> list[str]:
    """Single words, the commonest first: they are whole tokens, so both must count the same."""
    words = select(func.unnest(SearchRow.tokens).label("word")).subquery()
    counted = select(words.c.word).group_by(words.c.word).order_by(func.count().desc(), words.c.word).limit(SAMPLE)
    return list(session.scalars(counted))
