"""Where the embedded engine keeps its generations: `<folder>/<index>/<generation>/`, the serving one named in a file.

Swapping is one atomic rename, so that readers in other processes see the old generation or the new one, never none.
"""

import os
import shutil
from pathlib import Path

from search.ranking.frequencies import Lexicon

_LEXICON = "lexicon.b85"


class GenerationFolder:
    """The generations of one index on disk."""

    def __init__(self, folder: Path, index: str) -> None:
        self.root = folder / index
        self._serving = self.root / "serving"

    def serving(self) -> str | None:
        """The serving generation's name, None before `prepare`."""
        try:
            return self._serving.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def path(self, generation: str) -> Path:
        return self.root / generation

    def create(self) -> str:
        """A new empty folder, numbered one above every other."""
        self.root.mkdir(parents=True, exist_ok=True)
        number = max((_number(path.name) for path in self.root.iterdir() if path.is_dir()), default=0) + 1
        name = f"{self.root.name}-v{number}"
        self.path(name).mkdir()
        return name

    def serve(self, generation: str) -> None:
        """Serve this one; older ones but the last go (a reader may just be opening that)."""
        before = self.serving()
        fresh = self._serving.with_suffix(".new")
        fresh.write_text(generation, encoding="utf-8")
        fresh.replace(self._serving)
        for path in self.root.iterdir():
            if path.is_dir() and path.name not in {generation, before} and _number(path.name) < _number(generation):
                shutil.rmtree(path, ignore_errors=True)

    def lexicon(self, generation: str) -> Lexicon:
        try:
            return Lexicon.unpacked((self.path(generation) / _LEXICON).read_text(encoding="ascii"))
        except FileNotFoundError:
            return Lexicon()

    def store_lexicon(self, generation: str, lexicon: Lexicon) -> None:
        target = self.path(generation) / _LEXICON
        fresh = target.with_suffix(".new")
        fresh.write_text(lexicon.packed(), encoding="ascii")
        fresh.replace(target)

    def lexicon_stamp(self, generation: str) -> int:
        """Changes whenever the lexicon is replaced."""
        return _modified_ns(self.path(generation) / _LEXICON)

    def commit_stamp(self, generation: str) -> int:
        """Changes whenever the generation's index is committed to."""
        return _modified_ns(self.path(generation) / "meta.json")


def _modified_ns(path: Path) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  asked once per query, Path.stat costs three times as much
    except FileNotFoundError:
        return 0


def _number(name: str) -> int:
    _, _, number = name.rpartition("-v")
    return int(number) if number.isdigit() else 0
