"""The process that touches untrusted bytes: reads standard input, answers one JSON document, may not grow or linger."""

import resource
import sys

import orjson

from marketplace.listings.ledger.files.opening import open_workbook
from marketplace.listings.ledger.files.sheets import Unreadable, to_wire


def main() -> None:
    """Arguments: bytes of address space, seconds of processor time."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer = orjson.dumps({"workbook": to_wire(open_workbook(sys.stdin.buffer.read()))})
    except Unreadable as refusal:
        answer = orjson.dumps({"reason": refusal.reason})
    except MemoryError:
        answer = b'{"reason":"too_large"}'
    except RecursionError:
        answer = b'{"reason":"damaged_file"}'
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
