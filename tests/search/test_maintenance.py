from dataclasses import replace

import pytest

from search.analysis import entry_of
from search.documents import Deletion
from search.maintenance import (
    CountMismatchError,
    build_lexicon,
    compare,
    lexicon_outgrown,
    rebuild,
    repair,
)
from search.ranking.frequencies import Lexicon
from search.service import SearchRequest, SearchService
from tests.search.documents import workshop


class Shelf:
    """A document source held in memory; `meanwhile` runs once while a rebuild reads."""

    def __init__(self, documents, meanwhile=lambda _: None):
        self.current = {document.id: document for document in documents}
        self.changes = []
        self._meanwhile = meanwhile

    def put(self, document):
        self.current[document.id] = document
        self.changes.append(document.id)

    def remove(self, identity):
        gone = self.current.pop(identity)
        self.changes.append(Deletion(identity, gone.version + 1))

    def count(self):
        return len(self.current)

    def position(self):
        return len(self.changes)

    def documents(self):
        yield from list(self.current.values())
        meanwhile, self._meanwhile = self._meanwhile, lambda _: None
        meanwhile(self)

    def changed_since(self, position):
        changes = self.changes[position:]
        gone = [change for change in changes if isinstance(change, Deletion)]
        return [
            self.current[change] for change in changes if not isinstance(change, Deletion) and change in self.current
        ], gone

    def versions(self):
        return {identity: document.version for identity, document in self.current.items()}

    def some(self, ids):
        return [self.current[identity] for identity in ids if identity in self.current]


def test_a_rebuild_holds_what_the_source_holds(engine):
    done = []
    rebuilt = rebuild(engine, Shelf(workshop()), progress=done.append)
    assert (rebuilt.documents, rebuilt.expected, sum(done)) == (8, 8, 8)
    assert engine.versions() == dict.fromkeys(range(1, 9), 1)
    assert engine.lexicon().documents == 8
    assert not compare(engine, Shelf(workshop()))


def test_what_changes_during_a_rebuild_is_replayed(engine):
    def meanwhile(shelf):
        shelf.put(replace(workshop()[0], version=2, title_zh="卧式车床"))
        shelf.put(replace(workshop()[0], id=77))
        shelf.remove(5)

    shelf = Shelf(workshop(), meanwhile)
    rebuild(engine, shelf)
    assert engine.versions() == shelf.versions()
    assert not compare(engine, shelf)
    assert SearchService(engine).search(SearchRequest(text="卧式车床")).hits[0].id == 1


def test_the_old_generation_serves_until_the_swap(engine):
    rebuild(engine, Shelf(workshop()))
    seen = []
    rebuild(engine, Shelf(workshop()[:3], lambda _: seen.append(len(engine.versions()))))
    assert seen == [8]
    assert len(engine.versions()) == 3


def test_a_rebuild_that_lost_documents_does_not_serve(engine):
    rebuild(engine, Shelf(workshop()))
    short = Shelf(workshop())
    short.documents = lambda: iter(workshop()[:4])
    with pytest.raises(CountMismatchError):
        rebuild(engine, short)
    assert len(engine.versions()) == 8


def test_a_refused_generation_does_not_serve(engine):
    rebuild(engine, Shelf(workshop()))
    with pytest.raises(CountMismatchError):
        rebuild(engine, Shelf(workshop()[:4]), accept=lambda _: False)
    assert len(engine.versions()) == 8
    rebuild(engine, Shelf(workshop()[:4]))  # what the refused one left behind is in nobody's way
    assert len(engine.versions()) == 4


def test_compare_names_what_is_missing_stale_and_surplus(engine):
    shelf = Shelf(workshop())
    rebuild(engine, shelf)
    shelf.put(replace(workshop()[0], version=2))
    shelf.put(replace(workshop()[0], id=77))
    shelf.remove(5)
    difference = compare(engine, shelf)
    assert (difference.missing, difference.stale) == ((77,), (1,))
    assert difference.surplus == (Deletion(5, 2),)


def test_repair_makes_index_and_database_equal(engine):
    shelf = Shelf(workshop())
    rebuild(engine, shelf)
    shelf.put(replace(workshop()[0], version=2))
    shelf.put(replace(workshop()[0], id=77))
    shelf.remove(5)
    assert repair(engine, shelf)
    engine.refresh()
    assert engine.versions() == shelf.versions()
    assert not repair(engine, shelf)


def test_repair_renews_an_outgrown_lexicon(engine):
    engine.write([entry_of(listing) for listing in workshop()])
    engine.refresh()
    assert engine.lexicon().documents == 0
    repair(engine, Shelf(workshop()))
    assert engine.lexicon().documents == 8


def test_a_lexicon_is_outgrown_by_a_tenth():
    assert lexicon_outgrown(Lexicon(documents=100), 111)
    assert not lexicon_outgrown(Lexicon(documents=100), 109)
    assert lexicon_outgrown(Lexicon(documents=100), 80)
    assert build_lexicon([]).documents == 0
