"""How many pieces a row stands for."""

import re
from functools import lru_cache

from marketplace.listings.ledger.cells.plain import chinese_number, folded

COUNT_UNITS = "台套|台|套|个|只|件|把|支|条|辆|部|座|组|根|副|付|块|架|面|间|处|项|张|门|具|艘|眼|榀|pcs|pc|pieces?|sets?|units?|ea|nos?|off|stk|stück|st"
COUNT = re.compile(
    rf"(?:共|计|合计|约|x|×|\*)?(?P<number>[\d,]+(?:\.0+)?|[一二三四五六七八九十百两]+)(?:{COUNT_UNITS})?(?:/(?:台|套))?\.?"
)
MOST = 10_000


class BadQuantity(ValueError):
    """The text is no count of machines."""


@lru_cache(maxsize=4096)
def parse_count(text: str) -> int:
    """A whole number from 1, with or without 台/套/pcs. Raises `BadQuantity`."""
    match = COUNT.fullmatch(folded(text))
    if not match:
        raise BadQuantity(text)
    written = match["number"]
    if written[0].isdigit():
        count = (
            int(float(written.replace(",", ""))) if re.fullmatch(r"\d{1,3}(,\d{3})*(\.0+)?|\d+(\.0+)?", written) else 0
        )
    else:
        count = chinese_number(written) or 0
    if not 1 <= count <= MOST:
        raise BadQuantity(text)
    return count
