"""`search eval`: rank an outside collection with the product's analysis and ranking."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import click
from rich.console import Console
from rich.progress import Progress

from search.contract import EngineDownError, SearchEngine
from search.evaluation import BadCollectionError, Collection, read_questions, read_texts, run

_REMEMBERED_TOKENS = 4_000_000
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def search() -> None:
    """The search index and its quality."""


@search.command("eval")
@click.option("--documents", required=True, type=_FILE, help="JSON lines {id, title, body}.")
@click.option("--queries", required=True, type=_FILE, help="JSON lines {id, text}.")
@click.option(
    "--engine", "engine_name", type=click.Choice(["tantivy", "elasticsearch"]), default="tantivy", show_default=True
)
@click.option(
    "--run",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Answers, JSON lines {id, ranked}.",
)
def evaluate(documents: Path, queries: Path, engine_name: str, target: Path) -> None:
    """Rank any collection, 100 deep, without a database. Elasticsearch is found by ELASTICSEARCH_URL."""
    console = Console(stderr=True)
    try:
        with _engine(engine_name) as engine:
            _evaluate(engine, documents, queries, target, console)
    except (BadCollectionError, EngineDownError) as error:
        raise click.ClickException(str(error)) from error


def _evaluate(engine: SearchEngine, documents: Path, queries: Path, target: Path, console: Console) -> None:
    collection, started = Collection(engine), perf_counter()
    with Progress(console=console) as progress:
        loading = progress.add_task("index", total=None)
        count = collection.load(read_texts(documents), lambda done: progress.advance(loading, done))
        progress.update(loading, total=count, completed=count)
        indexed = perf_counter()
        questions = list(read_questions(queries))
        answered = run(collection, progress.track(questions, description="queries"), target)
    finished = perf_counter()
    console.print(
        f"{count} documents in {indexed - started:.1f} s, {answered} queries in {finished - indexed:.1f} s ({engine.name})"
    )


@contextmanager
def _engine(name: str) -> Generator[SearchEngine]:
    """An engine with an index of its own that leaves nothing behind."""
    if name == "elasticsearch":
        with _elasticsearch() as engine:
            yield engine
        return
    from search.engines.tantivy_engine import TantivyEngine  # noqa: PLC0415  only the engine asked for is loaded

    folder = Path(tempfile.mkdtemp(prefix="gongzao-eval-"))
    try:
        yield TantivyEngine(folder, "collection", remembered_tokens=_REMEMBERED_TOKENS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _elasticsearch() -> Generator[SearchEngine]:
    from search.engines.elasticsearch_client import Connection  # noqa: PLC0415
    from search.engines.elasticsearch_engine import ElasticsearchEngine  # noqa: PLC0415

    url = os.environ.get("ELASTICSEARCH_URL")
    if not url:
        raise click.UsageError("ELASTICSEARCH_URL is not set")
    connection = Connection(url)
    prefix = f"gongzao-eval-{uuid4().hex[:8]}-"
    engine = ElasticsearchEngine(connection, "collection", prefix=prefix, remembered_tokens=_REMEMBERED_TOKENS)
    try:
        yield engine
    finally:
        engine.drop()
        connection.close()


if __name__ == "__main__":
    search()
