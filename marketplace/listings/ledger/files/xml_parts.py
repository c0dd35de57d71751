"""XML is read as a stream of events; a document type or an entity of its own refuses the whole file."""

from collections.abc import Callable, Iterable
from typing import NoReturn, Protocol
from xml.parsers import expat

from marketplace.listings.ledger.files.sheets import Unreadable

Attributes = dict[str, str]


class Listener(Protocol):
    """Takes the events of one part; names come without namespace or prefix."""

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def _forbidden(*_: object) -> NoReturn:
    raise Unreadable("forbidden_xml")


def local(name: str) -> str:
    return name.rpartition(":")[2]


def listen(pieces: Iterable[bytes], listener: Listener) -> None:
    """Feed a part to its listener. Raises `Unreadable` `forbidden_xml` or `damaged_file`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartDoctypeDeclHandler = _forbidden
    parser.EntityDeclHandler = _forbidden
    parser.ExternalEntityRefHandler = _forbidden
    parser.StartElementHandler = _without_prefix(listener.start)
    parser.EndElementHandler = _without_prefix_at_end(listener.end)
    parser.CharacterDataHandler = listener.text
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("damaged_file") from error


def _without_prefix(start: Callable[[str, Attributes], None]) -> Callable[[str, Attributes], None]:
    def started(name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = local(name)
        if ":" in "".join(attributes):
            attributes = {local(key): value for key, value in attributes.items()}
        start(name, attributes)

    return started


def _without_prefix_at_end(end: Callable[[str], None]) -> Callable[[str], None]:
    def ended(name: str) -> None:
        end(local(name) if ":" in name else name)

    return ended
