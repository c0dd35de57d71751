"""One's own security: the second factor, API tokens, the data kept about one."""

import json
from typing import Any

import segno
from flask import current_app, flash, make_response, redirect, render_template, url_for
from flask.wrappers import Response
from flask_login import current_user
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.models import User
from marketplace.accounts.operations import two_factor as factor
from marketplace.accounts.operations.tokens import MadeToken, MakeToken, known_scopes, make_token, revoke_token
from marketplace.accounts.pages.blueprint import blueprint
from marketplace.accounts.pages.people import CodeForm
from marketplace.accounts.personal_data import told_of_person
from marketplace.accounts.throttle import check_throttle, count_failure
from marketplace.kernel.clock import Clock, system_clock
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.side_write import side_write
from marketplace.kernel.words import gettext

LIFETIMES_DAYS = (30, 90, 365)


def _phone_clock() -> Clock:
    """A phone knows nothing of the demo park's time."""
    return system_clock if current_app.config["IS_DEMO"] else request_clock()


def _person() -> User:
    return current_session().get_one(User, current_actor().user_id)


@blueprint.get("/account/two-factor")
@allow(Who.SIGNED_IN)
def two_factor() -> str:
    return _two_factor_page(Form())


def _two_factor_page(form: Form) -> str:
    person = _person()
    uri = factor.provisioning_uri(person) if person.totp_pending and not person.totp_secret else None
    return render_template(
        "accounts/two_factor.html",
        form=form,
        person=person,
        picture=segno.make(uri, error="m").svg_data_uri(scale=5, border=2) if uri else None,
        codes_left=factor.codes_left(current_session(), person.id),
    )


@blueprint.post("/account/two-factor/begin")
@allow(Who.SIGNED_IN)
@writes
def begin_two_factor() -> AnyResponse:
    factor.begin(current_session(), actor=current_actor())
    return redirect(url_for(".two_factor"), 303)


@blueprint.post("/account/two-factor/confirm")
@allow(Who.SIGNED_IN)
@writes
def confirm_two_factor() -> tuple[str, int]:
    """The first code switches it on; the recovery codes are in this answer alone."""
    form = typed()
    given = read(CodeForm(), form)
    if given is None:
        return _two_factor_page(form), 422
    try:
        codes = factor.confirm(
            current_session(),
            given["code"],
            actor=current_actor(),
            session_id=current_user.session_id,
            clock=_phone_clock(),
        )
    except DomainError as error:
        return _code_refused(form, error)
    return render_template("accounts/recovery_codes.html", codes=codes), 200


def _code_refused(form: Form, error: DomainError) -> tuple[str, int]:
    current_session().rollback()
    form.refuse(error)
    form.values.clear()
    return _two_factor_page(form), error.status


@blueprint.post("/account/two-factor/codes")
@allow(Who.SIGNED_IN)
@writes
def renew_recovery_codes() -> tuple[str, int]:
    """New recovery codes against a code of the phone; guessing is held back as at the sign-in."""
    form, session, now = typed(), current_session(), request_now()
    given = read(CodeForm(), form)
    if given is None:
        return _two_factor_page(form), 422
    email = _person().email
    try:
        check_throttle(session, email=email, address="", now=now)
        codes = factor.renew_codes(session, given["code"], actor=current_actor(), clock=_phone_clock())
    except DomainError as error:
        if error.code == "wrong_code":
            with side_write() as beside:
                count_failure(beside, email=email, address="", now=now)
        return _code_refused(form, error)
    return render_template("accounts/recovery_codes.html", codes=codes), 200


class TokenForm(Schema):
    """A token to make; `scopes` are the ticked boxes."""

    name = Text(required=True, least=1, most=60)
    scopes = fields.List(fields.String(validate=validate.Length(max=60)), load_default=list)  # pyright: ignore[reportUnknownVariableType]
    days = WholeNumber(load_default=90, least=1, most=366)


@blueprint.get("/account/tokens")
@allow(Who.SIGNED_IN)
def tokens() -> str:
    return _tokens_page(Form())


def _tokens_page(form: Form, made: MadeToken | None = None) -> str:
    session, actor = current_session(), current_actor()
    firms = queries.enterprises_by_id(session, [actor.enterprise_id or 0])
    return render_template(
        "accounts/tokens.html",
        form=form,
        made=made,
        tokens=queries.tokens_of(session, actor=actor, at=request_now()),
        scopes=known_scopes(),
        lifetimes=LIFETIMES_DAYS,
        firm=next(iter(firms.values()), None),
    )


@blueprint.post("/account/tokens")
@allow(Who.SIGNED_IN)
@writes
def make_own_token() -> tuple[str, int]:
    """The new token's secret is in this answer alone."""
    form = typed("scopes")
    given: dict[str, Any] | None = read(TokenForm(), form)
    if given is None:
        return _tokens_page(form), 422
    command = MakeToken(
        name=given["name"],
        scopes=tuple(given["scopes"]),
        days=given["days"],
        is_verified=current_user.is_verified,
    )
    try:
        made = make_token(current_session(), command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _tokens_page(form), error.status
    return _tokens_page(Form(), made), 201


@blueprint.post("/account/tokens/<public_id>/revoke")
@allow(Who.SIGNED_IN)
@writes
def revoke_own_token(public_id: str) -> AnyResponse:
    revoke_token(current_session(), public_id, actor=current_actor(), clock=request_clock())
    flash(gettext("令牌已撤销，用它的程序不能再进来。"), "done")
    return redirect(url_for(".tokens"), 303)


@blueprint.get("/account/data.json")
@allow(Who.SIGNED_IN)
def my_data_file() -> Response:
    """What the platform keeps about the person, as a file."""
    told = told_of_person(current_session(), actor=current_actor())
    response = make_response(json.dumps(told, ensure_ascii=False, indent=2))
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
