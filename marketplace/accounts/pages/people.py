"""Signing in and out, one's own account."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, logout_user
from flask_login import login_user as remember_person  # pyright: ignore[reportUnknownVariableType]
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.models import SignInSession, User
from marketplace.accounts.operations import signing_in
from marketplace.accounts.pages.blueprint import blueprint
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


class SignInForm(Schema):
    email = fields.Email(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, validate=validate.Length(max=200))


@blueprint.get("/sign-in")
@allow(Who.ANYONE)
def sign_in() -> str:
    return _sign_in_page(Form())


def _sign_in_page(form: Form) -> str:
    is_demo = bool(current_app.config["IS_DEMO"])  # pyright: ignore[reportUnknownArgumentType]
    offers: list[Any] = queries.only_park(current_session()).settings.get("demo_sign_ins", []) if is_demo else []
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
    address = request.remote_addr or ""
    command = signing_in.SignIn(**given, address=address, agent=request.headers.get("User-Agent", ""))
    try:
        token = signing_in.sign_in(current_session(), command, clock=request_clock())
    except (signing_in.WrongSignIn, TooManyAttempts) as error:
        if isinstance(error, signing_in.WrongSignIn):
            with side_write() as beside:
                count_failure(beside, email=command.email.strip().lower(), address=address, now=request_now())
        form.refuse(error)
        form.values.pop("password", None)
        return _sign_in_page(form), 422 if error.status == 422 else 429
    signed_in = _remember(token)
    there = own_path(request.form.get("next"))
    return redirect(_landing(signed_in) if there == "/" else there, 303)


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
    return render_template(
        "accounts/profile.html",
        form=form,
        actor=actor,
        sessions=queries.sessions_of(session, actor=actor),
        this_session=current_user.session_id,
    )


@blueprint.post("/account/password")
@allow(Who.SIGNED_IN)
@writes
def change_password() -> AnyResponse | tuple[str, int]:
    form = typed()
    given = read(PasswordForm(), form)
    if given is not None:
        try:
            command = signing_in.ChangePassword(**given)
            signing_in.change_password(current_session(), command, actor=current_actor(), clock=request_clock())
        except DomainError as error:
            form.refuse(error)
    form.values.clear()
    if form.errors:
        return _profile_page(form), 422
    logout_user()
    flash(gettext("密码已改，所有设备都已退出，请用新密码登录。"), "done")
    return redirect(url_for(".sign_in"), 303)


@blueprint.post("/account/sessions/<public_id>/end")
@allow(Who.SIGNED_IN)
@writes
def end_session(public_id: str) -> AnyResponse:
    signing_in.revoke_session(current_session(), public_id, actor=current_actor(), clock=request_clock())
    flash(gettext("那台设备已退出。"), "done")
    return redirect(url_for(".profile"), 303)
