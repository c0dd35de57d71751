"""Where a request meets the operations: who asks, which session, which time, and the one commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, request
from flask.wrappers import Response
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, FirmRole, OfficeRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, Forbidden
from marketplace.kernel.web import db

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInRequired(DomainError):
    """Nobody is signed in: pages lead to the sign-in, the API answers 401."""

    status = 401


class Who(StrEnum):
    """Who may call an endpoint at all; operations and queries decide about rows."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    FIRM = "firm"
    TRADING_FIRM = "trading_firm"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Access:
    """The expected access of an endpoint; the access matrix test is generated from it."""

    who: Who
    firm_roles: tuple[FirmRole, ...] = ()
    office_roles: tuple[OfficeRole, ...] = ()


@dataclass(slots=True)
class Edge:
    """What the composition root lends to every request."""

    load_actor: Callable[[], Actor | None]
    load_clock: Callable[[], Clock]
    load_scopes: Callable[[], frozenset[str] | None]
    """What the caller's token may do; None for a browser session, which may do whatever its person may."""


_edge: list[Edge] = []


def lend(edge: Edge) -> None:
    """Register the loaders; `marketplace.app` calls it once."""
    _edge[:] = [edge]


def current_session() -> Session:
    return db.session()


def current_actor_or_none() -> Actor | None:
    """The signed-in person as an actor, or None; loaded once a request."""
    if "actor" not in g:
        g.actor = _edge[0].load_actor()
    actor: Actor | None = g.actor
    return actor


def current_actor() -> Actor:
    """The signed-in person as an actor; raises `SignInRequired` when nobody is."""
    actor = current_actor_or_none()
    if actor is None:
        raise SignInRequired("sign_in_required")
    return actor


def request_clock() -> Clock:
    return _edge[0].load_clock()


def request_now() -> datetime:
    """Now, as the park's clock has it."""
    return request_clock()()


def allow(
    who: Who, *, firm: tuple[FirmRole, ...] = (), office: tuple[OfficeRole, ...] = ()
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Declare and check who may call the view. Every endpoint has exactly one such line; a test walks the URL map."""
    access = Access(who, firm, office)

    def declare(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Any:
            _check(access)
            return view(*args, **kwargs)

        checked.access = access  # type: ignore[attr-defined]
        return checked

    return declare


def signed_by_sender(view: View[P, R]) -> View[P, R]:
    """The request proves by a signature who sent it and carries nobody's session, so that none can be misused.

    It stands right under `allow`; the view checks the signature.
    """
    view.is_signed_by_sender = True  # type: ignore[attr-defined]
    return view


def needed_scope() -> str:
    """What a token must hold for this request: `listings:read` to read from the listings' API, else `listings:write`."""
    area = (request.blueprint or "pages").removesuffix("_api")
    return f"{area}:{'read' if request.method in READING else 'write'}"


def _check(access: Access) -> None:
    if access.who is Who.ANYONE:
        return
    scopes = _edge[0].load_scopes()
    if scopes is not None and needed_scope() not in scopes:
        raise Forbidden("scope_required", scope=needed_scope())
    match access.who:
        case Who.SIGNED_IN:
            current_actor()
        case Who.FIRM:
            current_actor().require_firm(*access.firm_roles)
        case Who.TRADING_FIRM:
            current_actor().require_trading(*access.firm_roles)
        case Who.OFFICE:
            current_actor().require_office(*access.office_roles)


def writes(view: View[P, R]) -> View[P, R]:
    """Returned with a status below 400 means committed, anything else means rolled back.

    It stands right under `allow`, above `blueprint.arguments` and `blueprint.response`.
    """

    @wraps(view)
    def committed(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in READING:
            raise RuntimeError("a reading request never commits")
        try:
            result = view(*args, **kwargs)
            if status_of(result) < 400:
                db.session.commit()
            else:
                db.session.rollback()
        except BaseException:
            db.session.rollback()
            raise
        return result

    return committed


def status_of(result: Any) -> int:
    """The HTTP status of whatever a view returned."""
    if isinstance(result, Response):
        return result.status_code
    if isinstance(result, tuple):
        return next((part for part in result[1:] if isinstance(part, int)), 200)  # pyright: ignore[reportUnknownVariableType]
    return 200
