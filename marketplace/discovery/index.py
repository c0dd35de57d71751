"""The one search service of this process, on the engine that the settings name."""

from pathlib import Path

from marketplace.kernel.settings import Settings
from search.contract import SearchEngine
from search.service import SearchService

INDEX = "listings-v2"
"""With the version of its fields: an index of other fields is left alone and a new one filled."""


def engine_of(settings: Settings, name: str | None = None) -> SearchEngine:
    """Elasticsearch where its address is set, else tantivy in the data folder; `name` chooses one of the two."""
    chosen = name or ("elasticsearch" if settings.elasticsearch_url else "tantivy")
    if chosen == "tantivy":
        from search.engines.tantivy_engine import TantivyEngine  # noqa: PLC0415 - only the engine that is used

        folder: Path = settings.data_folder / "search"
        folder.mkdir(parents=True, exist_ok=True)
        return TantivyEngine(folder, INDEX)
    from search.engines.elasticsearch_client import Connection  # noqa: PLC0415 - only the engine that is used
    from search.engines.elasticsearch_engine import ElasticsearchEngine  # noqa: PLC0415

    return ElasticsearchEngine(Connection(settings.elasticsearch_url or ""), INDEX)


_service: list[SearchService] = []


def search_with(engine: SearchEngine) -> None:
    """Register the engine of this process; `marketplace.app` calls it."""
    _service[:] = [SearchService(engine)]
    _engine[:] = [engine]


_engine: list[SearchEngine] = []


def service() -> SearchService:
    return _service[0]


def engine() -> SearchEngine:
    return _engine[0]
