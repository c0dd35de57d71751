"""Pages of accounts: in and out, applying, one's own account and firm, the office's firms."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.wrappers import Response
from flask_login import current_user, logout_user
from flask_login import login_user as remember_person  # pyright: ignore[reportUnknownVariableType]
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.industry_codes import industry_choices
from marketplace.accounts.licences import check_licence
from marketplace.accounts.models import FirmMember, MembershipStatus, SignInSession, SizeClass, TaxpayerType, User
from marketplace.accounts.operations import signing_in
from marketplace.accounts.operations.admission import (
    Apply,
    DecideJoin,
    DecideStanding,
    apply_for_admission,
    decide_join,
    decide_standing,
)
from marketplace.accounts.schemas import FirmSchema, PersonSchema, StandingSchema
from marketplace.accounts.sessions import open_session, signed_in_by_session
from marketplace.accounts.throttle import TooManyAttempts, count_failure
from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_actor_or_none,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.side_write import side_write
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path

blueprint = Blueprint("accounts_pages", __name__, template_folder="templates")


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
    _remember(token)
    return redirect(own_path(request.form.get("next")), 303)


def _remember(token: str) -> None:
    session = current_session()
    session.flush()
    signed_in = signed_in_by_session(session, token, now=request_now())
    if signed_in is not None:
        remember_person(signed_in)


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
    return redirect("/", 303)


@blueprint.get("/apply")
@allow(Who.ANYONE)
def apply() -> str:
    return _apply_page(Form())


def _apply_page(form: Form) -> str:
    session, actor = current_session(), current_actor_or_none()
    zones = queries.zones_of(session, actor.park_id if actor else queries.only_park(session).id)
    return render_template(
        "accounts/apply.html",
        form=form,
        zone_choices=[(zone.code, zone.name_en if _reads_english() else zone.name_zh) for zone in zones],
        industries=industry_choices(),
        size_choices=[(size.value, word) for size, word in _size_words().items()],
        taxpayer_choices=[(kind.value, word) for kind, word in _taxpayer_words().items()],
        is_new_person=actor is None,
    )


def _reads_english() -> bool:
    return reader_locale().startswith("en")


def _size_words() -> dict[SizeClass, str]:
    return {
        SizeClass.LARGE: gettext("大型"),
        SizeClass.MEDIUM: gettext("中型"),
        SizeClass.SMALL: gettext("小型"),
        SizeClass.MICRO: gettext("微型"),
    }


def _taxpayer_words() -> dict[TaxpayerType, str]:
    return {TaxpayerType.GENERAL: gettext("一般纳税人"), TaxpayerType.SMALL_SCALE: gettext("小规模纳税人")}


@blueprint.post("/apply")
@allow(Who.ANYONE)
@writes
def apply_now() -> AnyResponse | tuple[str, int]:
    form, session, actor = typed(), current_session(), current_actor_or_none()
    firm = read(FirmSchema(), form)
    person = read(PersonSchema(), form) if actor is None else None
    if form.errors or firm is None:
        return _apply_page(form), 422
    upload = request.files.get("licence")
    park_id = actor.park_id if actor else queries.only_park(session).id
    try:
        licence = check_licence(upload.read()) if upload and upload.filename else None
        command = Apply(park_id=park_id, firm=firm, licence=licence, person=person)
        member = apply_for_admission(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _apply_page(form), error.status
    _act_for_new_firm(member.user_id, member.enterprise_id, park_id)
    return redirect(url_for("accounts_pages.firm"), 303)


def _act_for_new_firm(user_id: int, enterprise_id: int, park_id: int) -> None:
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


@blueprint.get("/firm")
@allow(Who.SIGNED_IN)
def firm() -> str:
    session, actor = current_session(), current_actor()
    standing = queries.own_membership(session, actor=actor)
    members: Sequence[FirmMember] = queries.members_of(session, actor.enterprise_id) if actor.enterprise_id else ()
    return render_template(
        "accounts/firm.html",
        standing=standing,
        members=members,
        may_decide=actor.firm_role is FirmRole.OWNER,
        roles=list(FirmRole),
    )


@blueprint.post("/firm/members/<member>/<any(accept, refuse):decision>")
@allow(Who.SIGNED_IN)
@writes
def decide_member(member: str, decision: str) -> AnyResponse:
    role = FirmRole(request.form.get("role", FirmRole.OPERATOR.value))
    command = DecideJoin(member=member, accept=decision == "accept", role=role)
    decide_join(current_session(), command, actor=current_actor(), clock=request_clock())
    flash(gettext("已处理这份加入申请。"), "done")
    return redirect(own_path(request.form.get("next")) if request.form.get("next") else url_for(".firm"), 303)


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


@blueprint.get("/office/firms")
@allow(Who.OFFICE)
def office_firms() -> str:
    status = request.args.get("status")
    chosen = MembershipStatus(status) if status in {item.value for item in MembershipStatus} else None
    session, actor = current_session(), current_actor()
    return render_template(
        "accounts/office_firms.html",
        page=queries.memberships(session, actor=actor, status=chosen, cursor=request.args.get("cursor")),
        counts=queries.standing_counts(session, actor=actor).by_status,
        statuses=list(MembershipStatus),
        chosen=chosen,
    )


@blueprint.get("/office/firms/<enterprise>")
@allow(Who.OFFICE)
def office_firm(enterprise: str) -> str:
    return _office_firm_page(enterprise, Form())


def _office_firm_page(enterprise: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    standing = queries.membership_of(session, enterprise, actor=actor)
    return render_template(
        "accounts/office_firm.html",
        form=form,
        standing=standing,
        licence=queries.licence_of(session, standing.enterprise_id),
        members=queries.members_of(session, standing.enterprise_id),
        may_decide=OfficeRole.ADMIN in actor.office_roles,
    )


@blueprint.post("/office/firms/<enterprise>")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def decide_firm(enterprise: str) -> AnyResponse | tuple[str, int]:
    form = typed()
    given: DecideStanding | None = read(StandingSchema(), form)
    if given is not None:
        values: dict[str, Any] = {
            name: getattr(given, name) for name in ("status", "reason", "version", "publishes_unreviewed")
        }
        try:
            command = DecideStanding(enterprise=enterprise, **values)
            decide_standing(current_session(), command, actor=current_actor(), clock=request_clock())
        except DomainError as error:
            current_session().rollback()
            form.refuse(error)
            return _office_firm_page(enterprise, form), error.status
        flash(gettext("决定已记录，企业会收到通知。"), "done")
        return redirect(url_for(".office_firms"), 303)
    return _office_firm_page(enterprise, form), 422


@blueprint.get("/office/firms/<enterprise>/licence")
@allow(Who.OFFICE)
def licence(enterprise: str) -> Response:
    """The licence as the firm uploaded it: a picture shown, a PDF only as an attachment."""
    session = current_session()
    standing = queries.membership_of(session, enterprise, actor=current_actor())
    kept = queries.licence_of(session, standing.enterprise_id)
    if kept is None:
        return make_response("", 404)
    response = make_response(queries.licence_content(session, kept.id))
    response.content_type = kept.content_type
    way = "inline" if kept.content_type.startswith("image/") else "attachment"
    suffix = "jpg" if way == "inline" else "pdf"
    response.headers["Content-Disposition"] = f'{way}; filename="licence.{suffix}"'
    return response
