"""Refusals as answers: one table from the kind of error to a status, as problem+json (RFC 9457) or as a page."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask import Flask, g, redirect, render_template, request, url_for
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.edge import SignInRequired
from marketplace.kernel.errors import Conflict, DomainError, Unavailable
from marketplace.kernel.web import db
from marketplace.kernel.words import gettext

log = logging.getLogger("gongzao.problems")

Sentences = Mapping[str, Callable[[Mapping[str, Any]], str]]
"""Error code -> the sentence for its reader, made from the facts; called inside the request, so `gettext` works."""

_sentences: dict[str, Callable[[Mapping[str, Any]], str]] = {}


def explain(sentences: Sentences) -> None:
    """Register a package's sentences for its error codes; `marketplace.app` calls it."""
    _sentences.update(sentences)


def sentence(error: DomainError) -> str:
    """What is wrong and what to do, in the reader's language."""
    made = _sentences.get(error.code)
    return made(error.facts) if made else _by_status().get(error.status, _by_status()[500])


def field_sentence(code: str) -> str:
    """What is wrong with one field; an unknown code stands for itself (schemas already speak words)."""
    made = _sentences.get(code)
    return made({}) if made else code


KERNEL_SENTENCES: Sentences = {
    "enterprise_required": lambda _: gettext("请先选择您代表的企业。"),
    "enterprise_not_admitted": lambda _: gettext("企业还没有通过园区准入，通过后就能使用。"),
    "firm_role_required": lambda _: gettext("这一步要由企业里有相应角色的成员来做，请联系企业负责人。"),
    "office_role_required": lambda _: gettext("这一步要由园区办公室有相应角色的人员来做。"),
    "scope_required": lambda facts: gettext(
        "这个令牌没有 %(scope)s 权限，请换一个有此权限的令牌。", scope=facts["scope"]
    ),
    "idempotency_key_reused": lambda _: gettext("同一个幂等键已用于另一份内容，请换一个新的键。"),
    "idempotency_key_too_long": lambda _: gettext("幂等键最长 200 个字符。"),
    "request_still_running": lambda _: gettext("同样的请求正在处理，请稍等片刻再查看结果。"),
    "edited_meanwhile": lambda _: gettext("刚才有人改过这份内容。您填的还在，请对照最新内容后再提交。"),
    "database_unavailable": lambda _: gettext("数据库暂时没有回应，您填的内容还在，请稍后再试。"),
    "bad_cursor": lambda _: gettext("翻页的位置已失效，请回到第一页。"),
    "end_before_start": lambda _: gettext("结束时间要晚于开始时间。"),
}


def _by_status() -> dict[int, str]:
    return {
        400: gettext("这个请求读不懂，请检查格式后再试。"),
        401: gettext("请先登录。"),
        403: gettext("您没有这个权限；需要时请联系企业管理员或园区。"),
        404: gettext("没有找到，可能已被移走或不对您开放。"),
        405: gettext("这个地址不支持这样的操作。"),
        409: gettext("情况刚刚变了，请刷新后再试。"),
        413: gettext("文件太大。"),
        415: gettext("不支持这种内容格式。"),
        422: gettext("有些内容需要修改，请看标出的地方。"),
        429: gettext("操作太频繁，请稍后再试。"),
        500: gettext("系统出错了，我们已经记录。请稍后再试。"),
        503: gettext("服务暂时没有回应，您填的内容还在，请稍后再试。"),
    }


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.path in {"/healthz", "/readyz"}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Response:
    """The RFC 9457 body; `code` is the contract, `errors` names the fields."""
    body: dict[str, Any] = dict(facts or {})
    body |= {"type": f"urn:gongzao:{code}", "title": detail, "status": status, "code": code, "detail": detail}
    if fields:
        body["errors"] = {name: [field_sentence(code) for code in codes] for name, codes in fields.items()}
    body["request_id"] = g.get("request_id", "")

    return Response(json.dumps(body, default=_plain), status, content_type="application/problem+json")


def _plain(value: object) -> object:
    """What JSON does not know: moments in ISO 8601 with zone, ranges by their ends, values by their own `to_json`."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Range):
        edges = cast("Range[datetime]", value)
        return {"start": edges.lower, "end": edges.upper}
    to_json = getattr(value, "to_json", None)
    return to_json() if to_json else str(value)


def _page(status: int, detail: str, error: DomainError | None = None) -> Response:
    fragment = request.headers.get("HX-Request") == "true"
    template = "ui/problem_fragment.html" if fragment else "ui/problem.html"
    body = render_template(template, status=status, detail=detail, error=error)
    return Response(body, status, content_type="text/html; charset=utf-8")


def domain_error(error: DomainError) -> Response:
    """Answer a refusal in the form the caller reads."""
    db.session.rollback()
    if isinstance(error, SignInRequired) and not wants_json():
        there = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts_pages.sign_in", next=there))  # type: ignore[return-value]
    detail = sentence(error)
    if wants_json():
        return problem(error.status, error.code, detail, fields=error.fields, facts=error.facts)
    return _page(error.status, detail, error)


def http_error(error: HTTPException) -> Response:
    """Answer what Flask, Werkzeug or the schemas refuse."""
    db.session.rollback()
    status = error.code or 500
    if status in {301, 302, 303, 307, 308}:
        return error.get_response()  # type: ignore[return-value]
    detail = _by_status().get(status, _by_status()[400 if status < 500 else 500])
    if wants_json():
        data: Any = getattr(error, "data", None) or {}
        fields = _flat(data.get("messages", {}))
        return problem(status, "invalid_fields" if fields else f"http_{status}", detail, fields=fields)
    return _page(status, detail)


def _flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Field errors of the schemas as `field.path -> sentences`; the location ("json", "query") is dropped."""
    if isinstance(messages, list):
        return {prefix or "body": [str(message) for message in messages]}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    flat: dict[str, list[str]] = {}
    for name, inner in messages.items():
        at = "" if not prefix and name in {"json", "query", "form", "headers", "files"} else f"{prefix}{name}"
        flat |= _flat(inner, f"{at}." if at and isinstance(inner, dict) else at)
    return flat


def csrf_error(_error: CSRFError) -> Response:
    detail = gettext("页面放得太久，安全校验已过期。请返回上一页刷新后再提交，填过的内容不会丢。")
    if wants_json():
        return problem(400, "csrf_failed", detail)
    return _page(400, detail)


def database_error(error: OperationalError) -> Response:
    """The database went away: say so, lose nothing."""
    log.warning("database_unavailable", exc_info=error)
    db.session.rollback()
    g.database_is_gone = True  # so that nobody asks it for the reader's language while the answer is written
    return domain_error(Unavailable("database_unavailable"))


def stale(_error: StaleDataError) -> Response:
    """Two tabs edited the same row; the second one learns of it."""
    return domain_error(Conflict("edited_meanwhile"))


def unexpected(error: Exception) -> Response:
    """A bug: logged in full, told in general."""
    log.error("unexpected_error", exc_info=error)
    db.session.rollback()
    if wants_json():
        return problem(500, "internal_error", _by_status()[500])
    return _page(500, _by_status()[500])


def register_problems(app: Flask) -> None:
    """Attach the table to an application."""
    explain(KERNEL_SENTENCES)
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_error)
    app.register_error_handler(StaleDataError, stale)
    if not app.testing:
        app.register_error_handler(Exception, unexpected)
