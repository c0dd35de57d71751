"""Merged cells and ditto marks take the value above; what was inherited is remembered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from marketplace.listings.ledger.cells.plain import is_ditto
from marketplace.listings.ledger.files.sheets import Cell, CellKind, Merge, SheetRow


@dataclass(slots=True)
class FilledRow:
    """A row as the clerk reads it. `inherited` columns took their value from above, `merged` by a merged cell.

    `spans` says over how many rows the merged cell of a column runs.
    """

    number: int
    cells: dict[int, Cell]
    hidden: bool
    own: dict[int, Cell]
    inherited: set[int] = field(default_factory=set[int])
    merged: set[int] = field(default_factory=set[int])
    spans: dict[int, int] = field(default_factory=dict[int, int])
    across: int = 1

    def text(self, column: int) -> str:
        cell = self.cells.get(column)
        return cell.text if cell else ""


def fill(rows: Sequence[SheetRow], merges: Iterable[Merge]) -> Iterator[FilledRow]:
    """Rows with merged and ditto cells filled from above. A block merged across columns fills its first column only."""
    numbers = {row.number for row in rows}
    anchors: dict[tuple[int, int], Merge] = {}
    widths: dict[int, int] = {}
    for merge in merges:
        if merge.right > merge.left and merge.top in numbers:
            widths[merge.top] = max(widths.get(merge.top, 1), merge.right - merge.left + 1)
        if merge.bottom > merge.top and merge.bottom - merge.top < 20_000:
            for number in range(merge.top, merge.bottom + 1):
                anchors[number, merge.left] = merge
    by_row: dict[int, list[tuple[int, Merge]]] = {}
    for (number, column), merge in anchors.items():
        by_row.setdefault(number, []).append((column, merge))
    above: dict[int, Cell] = {}
    anchored: dict[tuple[int, int], Cell] = {}
    for row in rows:
        filled = FilledRow(row.number, dict(row.cells), row.hidden, row.cells, across=widths.get(row.number, 1))
        for column, merge in by_row.get(row.number, ()):
            _fill_merged(filled, column, merge, anchored)
        _fill_dittos(filled, above)
        above.update(filled.cells)
        yield filled


def _fill_merged(row: FilledRow, column: int, merge: Merge, anchored: dict[tuple[int, int], Cell]) -> None:
    row.spans[column] = merge.bottom - merge.top + 1
    key = (merge.top, merge.left)
    if row.number == merge.top:
        if column in row.cells:
            anchored[key] = row.cells[column]
        return
    if key in anchored:
        row.cells[column] = anchored[key]
        row.inherited.add(column)
        row.merged.add(column)


def _fill_dittos(row: FilledRow, above: dict[int, Cell]) -> None:
    for column, cell in list(row.cells.items()):
        if cell.kind is CellKind.TEXT and is_ditto(cell.text):
            if column in above:
                row.cells[column] = above[column]
                row.inherited.add(column)
            else:
                del row.cells[column]
