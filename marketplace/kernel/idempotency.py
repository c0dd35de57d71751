"""Safe to repeat: a create sent twice with one `Idempotency-Key` has one effect and one answer.

The answer is kept in the transaction that makes the effect, so a lost answer can be asked for again with the same key.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import ParamSpec

from flask import current_app, make_response, request
from flask.wrappers import Response
from sqlalchemy import BigInteger, Identity, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.database import Record
from marketplace.kernel.edge import current_actor, current_session, request_clock
from marketplace.kernel.errors import Conflict, Invalid

P = ParamSpec("P")
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


class IdempotentAnswer(Record):
    """The answer once given to a key of a person and endpoint."""

    __tablename__ = "kernel_idempotent_answer"
    __table_args__ = (
        UniqueConstraint("user_id", "enterprise_id", "endpoint", "key", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    user_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    endpoint: Mapped[str]
    key: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int]
    content_type: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


def idempotent(view: Callable[P, object]) -> Callable[P, object]:
    """Honour `Idempotency-Key`: same key and body, same answer; other body 422; still running 409.

    It stands right under `writes`. Without the header the view runs as usual.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> object:
        key = request.headers.get(HEADER) or request.form.get("idempotency_key")
        if not key:
            return view(*args, **kwargs)
        if len(key) > 200:
            raise Invalid("idempotency_key_too_long", fields={HEADER: ["too_long"]})
        session = current_session()
        body_hash = sha256(request.path.encode() + b"\0" + _body()).hexdigest()
        _lock(session, key)
        known = _known(session, key)
        if known is not None:
            return _replay(known, body_hash)
        response = make_response(current_app.ensure_sync(view)(*args, **kwargs))
        if response.status_code < 400:
            _keep(session, key, body_hash, response)
        return response

    return once


def _body() -> bytes:
    if request.mimetype == "application/x-www-form-urlencoded":
        pairs = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
        return repr(pairs).encode()
    return request.get_data(cache=True)


def _lock(session: Session, key: str) -> None:
    actor = current_actor()
    name = f"{actor.user_id}/{actor.enterprise_id}/{request.endpoint}/{key}"
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise Conflict("request_still_running")


def _known(session: Session, key: str) -> IdempotentAnswer | None:
    actor = current_actor()
    return session.scalar(
        select(IdempotentAnswer).where(
            IdempotentAnswer.user_id.is_not_distinct_from(actor.user_id),
            IdempotentAnswer.enterprise_id.is_not_distinct_from(actor.enterprise_id),
            IdempotentAnswer.endpoint == request.endpoint,
            IdempotentAnswer.key == key,
        )
    )


def _replay(known: IdempotentAnswer, body_hash: str) -> Response:
    if known.body_hash != body_hash:
        raise Invalid("idempotency_key_reused", fields={HEADER: ["used_with_another_body"]})
    response = Response(known.body, known.status, content_type=known.content_type)
    response.headers[REPLAYED] = "true"
    if 300 <= known.status < 400:
        response.headers["Location"] = known.body.decode()
    return response


def _keep(session: Session, key: str, body_hash: str, response: Response) -> None:
    actor = current_actor()
    moved = 300 <= response.status_code < 400
    session.add(
        IdempotentAnswer(
            user_id=actor.user_id,
            enterprise_id=actor.enterprise_id,
            endpoint=request.endpoint or "",
            key=key,
            body_hash=body_hash,
            status=response.status_code,
            content_type=response.content_type or "",
            body=response.headers["Location"].encode() if moved else response.get_data(),
            at=request_clock()(),
        )
    )
