"""What comes out when an engine is gone, silent, broken or killed half-way."""

import socket
from contextlib import closing
from dataclasses import replace
from threading import Thread
from time import monotonic

import pytest

from search.analysis import entry_of
from search.contract import EngineDownError, EngineRequest
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.tantivy_engine import TantivyEngine
from search.ranking.frequencies import Lexicon
from tests.search.documents import workshop


@pytest.fixture
def unused_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def silent_port():
    """A server that takes connections and never answers."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        taken = []

        def take():
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        thread = Thread(target=take, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in taken:
            connection.close()


def elasticsearch_at(port):
    return ElasticsearchEngine(Connection(f"http://127.0.0.1:{port}"), "listings")


def test_a_server_that_is_gone_is_said_to_be_down(unused_port):
    engine = elasticsearch_at(unused_port)
    for call in (engine.prepare, engine.lexicon, engine.versions, lambda: engine.query(EngineRequest())):
        with pytest.raises(EngineDownError):
            call()
    health = engine.health()
    assert not health.answers
    assert health.trouble


def test_writes_to_a_server_that_is_gone_are_refused_loudly(unused_port):
    with pytest.raises(EngineDownError):
        elasticsearch_at(unused_port).write([entry_of(workshop()[0])])


def test_a_silent_server_costs_a_few_seconds_once_then_nothing(silent_port):
    engine = elasticsearch_at(silent_port)
    started = monotonic()
    with pytest.raises(EngineDownError):
        engine.count(EngineRequest())
    assert monotonic() - started < 4
    for _ in range(2):
        with pytest.raises(EngineDownError):
            engine.count(EngineRequest())
    started = monotonic()
    with pytest.raises(EngineDownError):
        engine.count(EngineRequest())
    assert monotonic() - started < 0.1


def test_an_index_that_was_never_made_is_said_to_be_down(tmp_path):
    engine = TantivyEngine(tmp_path, "listings")
    with pytest.raises(EngineDownError):
        engine.query(EngineRequest())
    assert not engine.health().answers


def test_a_missing_alias_never_becomes_an_index(make_elasticsearch):
    engine = make_elasticsearch("absent")
    with pytest.raises(EngineDownError):
        engine.write([entry_of(workshop()[0])])
    with pytest.raises(EngineDownError):
        engine.query(EngineRequest())
    engine.prepare()
    assert engine.versions() == {}


def test_a_vanished_folder_is_said_to_be_down(tmp_path):
    engine = TantivyEngine(tmp_path, "listings")
    engine.prepare()
    (tmp_path / "listings" / "serving").write_text("listings-v99")
    with pytest.raises(EngineDownError):
        engine.query(EngineRequest())


def test_a_rebuild_that_died_half_way_disturbs_nobody(make_engine):
    engine = make_engine("listings")
    engine.prepare()
    engine.write([entry_of(listing) for listing in workshop()])
    engine.refresh()
    orphan = engine.new_generation()
    engine.write([entry_of(workshop()[0])], generation=orphan)
    assert len(engine.versions()) == 8
    generation = engine.new_generation()
    assert generation != orphan
    engine.write([entry_of(listing) for listing in workshop()[:2]], generation=generation)
    engine.swap(generation, Lexicon())
    assert len(engine.versions()) == 2


def test_a_reader_survives_two_swaps_by_another_process(tmp_path):
    writer, reader = TantivyEngine(tmp_path, "listings"), TantivyEngine(tmp_path, "listings")
    writer.prepare()
    writer.write([entry_of(workshop()[0])])
    assert len(reader.query(EngineRequest()).candidates) == 1
    for count in (2, 3):
        generation = writer.new_generation()
        writer.write([entry_of(listing) for listing in workshop()[:count]], generation=generation)
        writer.swap(generation, Lexicon())
    assert len(reader.query(EngineRequest()).candidates) == 3
    assert len(list((tmp_path / "listings").iterdir())) == 3  # the serving one, the one before, the name


def test_a_broken_write_leaves_the_index_as_it_was(tmp_path):
    engine = TantivyEngine(tmp_path, "listings")
    engine.prepare()
    engine.write([entry_of(workshop()[0])])
    unwritable = replace(workshop()[2], zone="\ud800")
    with pytest.raises(EngineDownError):
        engine.write([entry_of(workshop()[1]), entry_of(unwritable)])
    assert sorted(engine.versions()) == [1]
    assert engine.write([entry_of(workshop()[1])]).stored == 1
    assert sorted(engine.versions()) == [1, 2]
