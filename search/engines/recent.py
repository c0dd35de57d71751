"""Analysed texts of documents met lately, so that a warm query fetches ids and versions only."""

from collections import OrderedDict
from threading import Lock

from search.ranking.candidates import Analysed


class RecentDocuments:
    """At most `capacity` analysed documents by (id, version), the longest unused forgotten first; thread-safe."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
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
            self._kept[identity, version] = analysed
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all: versions of another generation may carry other texts."""
        with self._lock:
            self._kept.clear()
