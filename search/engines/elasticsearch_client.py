"""The connection: short deadlines, no retries, one breaker per class of operation, vendor errors kept inside."""

from collections.abc import Callable
from time import monotonic
from typing import Any, Literal, TypeVar

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.contract import EngineDownError
from search.engines.breaker import CircuitBreaker

Operation = Literal["search", "write", "admin"]
Answer = TypeVar("Answer")
_DEADLINE_SECONDS: dict[Operation, float] = {"search": 2.0, "write": 30.0, "admin": 10.0}


class Connection:
    """One Elasticsearch, asked through breakers. Raises `EngineDownError`; a malformed request of ours stays loud."""

    def __init__(self, url: str, *, ticks: Callable[[], float] = monotonic) -> None:
        self._client = Elasticsearch(url, max_retries=0, retry_on_timeout=False, request_timeout=10)
        self._clients: dict[Operation, Elasticsearch] = {
            operation: self._client.options(request_timeout=seconds) for operation, seconds in _DEADLINE_SECONDS.items()
        }
        self._breakers: dict[Operation, CircuitBreaker] = {
            operation: CircuitBreaker(ticks=ticks) for operation in _DEADLINE_SECONDS
        }

    def ask(self, operation: Operation, call: Callable[[Elasticsearch], Answer]) -> Answer:
        """Make one call within its deadline and breaker."""
        breaker = self._breakers[operation]
        breaker.enter()
        try:
            answer = call(self._clients[operation])
        except TransportError as error:
            breaker.failed()
            raise EngineDownError(str(error)) from error
        except ApiError as error:
            if error.status_code in {404, 503, 429} or error.status_code >= 500:
                if error.status_code != 404:
                    breaker.failed()
                raise EngineDownError(str(error)) from error
            raise
        breaker.succeeded()
        return answer

    def cluster_status(self) -> str:
        """`green`, `yellow` or `red`, as the cluster says of itself."""
        status: str = self.ask("admin", lambda client: body_of(client.cluster.health()))["status"]
        return status

    def close(self) -> None:
        self._client.close()


def body_of(answer: Any) -> dict[str, Any]:
    """The JSON of a response as plain values."""
    body: dict[str, Any] = answer.body
    return body
