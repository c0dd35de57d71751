"""A worker killed in the middle of its writes leaves an index that reads, takes writes and can be made whole."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from search.engines.tantivy_engine import TantivyEngine
from search.maintenance import compare, rebuild, repair
from tests.search.documents import workshop
from tests.search.test_maintenance import Shelf

_ENDLESS_WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from search.analysis import entry_of
from search.engines.tantivy_engine import TantivyEngine
from tests.search.documents import workshop

engine = TantivyEngine(Path(sys.argv[1]), "listings")
version = 1
while True:
    version += 1
    engine.write([entry_of(replace(listing, version=version)) for listing in workshop()])
    print(version, flush=True)
"""


def kill_amid_writes(folder: Path, seconds: float) -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDLESS_WRITER, str(folder)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stdout.readline()
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)


def test_after_a_kill_the_index_reads_and_is_repaired(tmp_path):
    shelf = Shelf(workshop())
    engine = TantivyEngine(tmp_path, "listings")
    engine.prepare()
    rebuild(engine, shelf)
    for seconds in (0.01, 0.05, 0.13):
        kill_amid_writes(tmp_path, seconds)
        written = engine.versions()
        assert sorted(written) == list(range(1, 9))
        assert len(set(written.values())) == 1  # a batch is there whole or not at all
    shelf.current = {
        identity: replace(document, version=max(written.values()) + 1) for identity, document in shelf.current.items()
    }
    assert repair(engine, shelf)
    assert not compare(engine, shelf)
