"""Signing in and out, one's own account."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user, logout_user
from flask_login import login_user as remember_person  # pyright: ignore[reportUnknownVariableType]
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.devices import device_of
from marketplace.accounts.models import SignInSession, User
from marketplace.accounts.operations import signing_in
from marketplace.accounts.pages.blueprint import blueprint
from marketplace.accounts.queries import serves_office
from marketplace.accounts.sessions import SignedIn, open_session, signed_in_by_session
from marketplace.accounts.throttle import TooManyAttempts, count_failure
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
from marketplace.kernel.side_write import side_write
from marketplace.kernel.words import gettext
from marketplace.ui.pages import own_path

HALF_WAY = "half_way"
"""Where the browser's signed cookie keeps who is between the two steps of signing in."""
HALF_WAY_LASTS = timedelta(minutes=10)


class SignInForm(Schema):
    email = fields.Email(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, validate=validate.Length(max=200))


@blueprint.get("/sign-in")
@allow(Who.ANYONE)
def sign_in() -> str:
    return _sign_in_page(Form())


def _sign_in_page(form: Form) -> str:
    offers: list[Any] = queries.only_park(current_session()).settings.get("demo_sign_ins", []) if _is_demo() else []
    return render_template(
        "accounts/sign_in.html", form=form, there=own_path(request.values.get("next")), offers=offers
    )


@blueprint.post("/sign-in")
@allow(Who.ANYONE)
@writes
def sign_in_now() -> AnyResponse | tuple[str, int]:
    form = typed()
    given = read(SignInForm(), form)
    if given is None:
        return _sign_in_page(form), 422
    command = signing_in.SignIn(**given, **_browser(), needs_second_factor=not _is_demo())
    try:
        outcome = signing_in.sign_in(current_session(), command, clock=request_clock())
    except (signing_in.WrongSignIn, TooManyAttempts) as error:
        _refused(form, error, email=command.email.strip().lower())
        form.values.pop("password", None)
        return _sign_in_page(form), error.status
    if isinstance(outcome, signing_in.CodeWanted):
        cookie[HALF_WAY] = {"user": outcome.user, "at": request_now().isoformat()}
        return redirect(url_for(".code", next=own_path(request.form.get("next"))), 303)
    return _arrive(outcome)


def _is_demo() -> bool:
    return bool(current_app.config["IS_DEMO"])  # pyright: ignore[reportUnknownArgumentType]


def _browser() -> dict[str, str]:
    return {"address": request.remote_addr or "", "agent": request.headers.get("User-Agent", "")}


def _refused(form: Form, error: DomainError, *, email: str) -> None:
    """Show the refusal; a wrong secret is counted in a transaction of its own, so that the refusal does not undo it."""
    if not isinstance(error, TooManyAttempts):
        with side_write() as beside:
            count_failure(beside, email=email, address=request.remote_addr or "", now=request_now())
    form.refuse(error)


def _arrive(token: str) -> AnyResponse:
    signed_in = _remember(token)
    if signed_in is not None and not signed_in.is_verified and serves_office(current_session(), signed_in.actor):
        flash(gettext("园区办公室的账号要先开启两步验证，开好后才能处理园区的事。"), "you")
        return redirect(url_for(".two_factor"), 303)
    there = own_path(request.form.get("next"))
    return redirect(_landing(signed_in) if there == "/" else there, 303)


class CodeForm(Schema):
    code = fields.String(required=True, validate=validate.Length(max=20))


@blueprint.get("/sign-in/code")
@allow(Who.ANYONE)
def code() -> str | AnyResponse:
    """The second step, for ten minutes after the right password."""
    if _half_way() is None:
        return redirect(url_for(".sign_in"), 303)
    return _code_page(Form())


def _half_way() -> str | None:
    """Who has given the right password in this browser and is still to give a code."""
    kept: Any = cookie.get(HALF_WAY)
    if not kept or request_now() - datetime.fromisoformat(kept["at"]) > HALF_WAY_LASTS:
        return None
    return str(kept["user"])


def _code_page(form: Form) -> str:
    return render_template("accounts/code.html", form=form, there=own_path(request.values.get("next")))


@blueprint.post("/sign-in/code")
@allow(Who.ANYONE)
@writes
def give_code() -> AnyResponse | tuple[str, int]:
    form, user = typed(), _half_way()
    if user is None:
        return redirect(url_for(".sign_in"), 303)
    given = read(CodeForm(), form)
    if given is None:
        return _code_page(form), 422
    command = signing_in.GiveCode(user=user, code=given["code"], **_browser())
    try:
        token = signing_in.sign_in_with_code(current_session(), command, clock=request_clock())
    except (signing_in.WrongCode, TooManyAttempts) as error:
        current_session().rollback()
        _refused(form, error, email=str(error.facts.get("email", "")))
        form.values.clear()
        return _code_page(form), error.status
    cookie.pop(HALF_WAY, None)
    return _arrive(token)


def _landing(signed_in: SignedIn | None) -> str:
    """The office comes to its queue, everybody else to the front page."""
    actor = signed_in.actor if signed_in else None
    return "/office" if actor and actor.is_office and actor.enterprise_id is None else "/"


def _remember(token: str) -> SignedIn | None:
    session = current_session()
    session.flush()
    signed_in = signed_in_by_session(session, token, now=request_now())
    if signed_in is not None:
        remember_person(signed_in)
    return signed_in


@blueprint.post("/sign-out")
@allow(Who.ANYONE)
@writes
def sign_out() -> AnyResponse:
    if current_user.is_authenticated and current_user.session_id:
        signing_in.sign_out(current_session(), current_user.session_id, at=request_now())
    logout_user()
    return redirect("/", 303)


@blueprint.post("/switch-firm")
@allow(Who.SIGNED_IN)
@writes
def switch_firm() -> AnyResponse:
    signing_in.switch_place(
        current_session(), current_user.session_id, request.form.get("firm", ""), actor=current_actor()
    )
    return redirect("/office" if request.form.get("firm") == "office" else "/", 303)


def act_for_new_firm(user_id: int, enterprise_id: int, park_id: int) -> None:
    """A new person is signed in at once; whoever was signed in before now acts for the firm they applied with."""
    session = current_session()
    if current_user.is_authenticated and current_user.session_id:
        session.get_one(SignInSession, current_user.session_id).enterprise_id = enterprise_id
        return
    user = session.get_one(User, user_id)
    token = open_session(
        session,
        user=user,
        park_id=park_id,
        enterprise_id=enterprise_id,
        at=request_now(),
        address=request.remote_addr or "",
        agent=request.headers.get("User-Agent", ""),
    )
    _remember(token)


class PasswordForm(Schema):
    current = fields.String(required=True, validate=validate.Length(max=200))
    new = fields.String(required=True, validate=validate.Length(max=200))


@blueprint.get("/account")
@allow(Who.SIGNED_IN)
def profile() -> str:
    return _profile_page(Form())


def _profile_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    visits = queries.sessions_of(session, actor=actor, at=request_now())
    return render_template(
        "accounts/profile.html",
        form=form,
        actor=actor,
        sessions=visits,
        devices={visit.id: device_of(visit.agent) for visit in visits},
        this_session=current_user.session_id,
        has_second_factor=session.get_one(User, actor.user_id).totp_secret is not None,
    )


@blueprint.post("/account/password")
@allow(Who.SIGNED_IN)
@writes
def change_password() -> AnyResponse | tuple[str, int]:
    form = typed()
    given = read(PasswordForm(), form)
    if given is not None:
        try:
            command = signing_in.ChangePassword(**given, session_id=current_user.session_id)
            signing_in.change_password(current_session(), command, actor=current_actor(), clock=request_clock())
        except DomainError as error:
            form.refuse(error)
    form.values.clear()
    if form.errors:
        return _profile_page(form), 422
    flash(gettext("密码已改，其他设备都已退出。"), "done")
    return redirect(url_for(".profile"), 303)


@blueprint.post("/account/sessions/<public_id>/end")
@allow(Who.SIGNED_IN)
@writes
def end_session(public_id: str) -> AnyResponse:
    signing_in.revoke_session(current_session(), public_id, actor=current_actor(), clock=request_clock())
    flash(gettext("那台设备已退出。"), "done")
    return redirect(url_for(".profile"), 303)
