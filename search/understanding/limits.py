"""In which unit a figure speaks about an attribute, and which side of it is enough."""

from marketplace.kernel.quantities import dimension_of
from search.understanding.figures import Figure
from search.understanding.results import Operator
from search.understanding.words import AttributeWords

LENGTHS = frozenset({"length", "fine_length"})
_CASELESS = frozenset("vwalnt")


def unit_of(attribute: AttributeWords, figure: Figure, *, named: bool) -> str | None:
    """The unit in which the figure speaks about this attribute; None when it cannot. Bare lengths are millimetres."""
    if attribute.dimension and any(reading.dimension == attribute.dimension for reading in figure.units):
        return _unit_as_typed(attribute.dimension, figure)
    if figure.unit_text:
        return None
    if attribute.dimension in LENGTHS and attribute.code != "roughness":
        return "mm" if named or figure.is_size or figure.op == "±" or figure.is_diameter else None
    return attribute.unit if named else None


def _unit_as_typed(dimension: str, figure: Figure) -> str | None:
    """The unit with its case respected (MHz is no mHz); a lone letter must be the right one, but for a few (5v, 90t)."""
    found, typed = dimension_of(dimension), figure.typed_unit
    exact = found.names.get(typed)
    if exact or len(typed) > 1 or not typed.isascii() or typed.casefold() in _CASELESS:
        return exact or found.find_unit(typed) or found.find_unit(figure.unit_text)
    return None


def limit_of(attribute: AttributeWords, figure: Figure, *, named: bool) -> Operator:
    """Which side of the figure is enough, in the words of the attribute."""
    if attribute.better == "lower" or figure.op == "±":
        return "<="
    if attribute.better == "higher" and not (named and figure.op == "<="):
        return ">="
    return "<=" if figure.op in {"<=", "max"} else ">=" if figure.op == ">=" else "="
