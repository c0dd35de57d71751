"""Analysed texts of documents met lately, so that a warm query fetches ids and versions only."""

from collections import OrderedDict
from threading import Lock

from search.ranking.candidates import Analysed

REMEMBERED_TOKENS = 400_000  # some 4,000 listings, 20 MB


class RecentDocuments:
    """Analysed documents by (id, version) with at most so many tokens in all (about 50 bytes each).

    The longest unused are forgotten first. Thread-safe.
    """

    def __init__(self, most_tokens: int) -> None:
        self._most_tokens = most_tokens
        self._tokens = 0
        self._kept: OrderedDict[tuple[int, int], Analysed] = OrderedDict()
        self._lock = Lock()

    def get(self, identity: int, version: int) -> Analysed | None:
        with self._lock:
            found = self._kept.get((identity, version))
            if found is not None:
                self._kept.move_to_end((identity, version))
            return found

    def put(self, identity: int, version: int, analysed: Analysed) -> None:
        with self._lock:
            before = self._kept.pop((identity, version), None)
            self._tokens += len(analysed.occurrences) - (len(before.occurrences) if before else 0)
            self._kept[identity, version] = analysed
            while self._tokens > self._most_tokens and len(self._kept) > 1:
                _, forgotten = self._kept.popitem(last=False)
                self._tokens -= len(forgotten.occurrences)

    def clear(self) -> None:
        """Forget all: versions of another generation may carry other texts."""
        with self._lock:
            self._kept.clear()
            self._tokens = 0
