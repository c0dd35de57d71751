"""Applying, one's own firm and its people."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.industry_codes import industry_choices
from marketplace.accounts.licences import check_licence
from marketplace.accounts.models import FirmMember, SizeClass, TaxpayerType
from marketplace.accounts.operations import signing_in
from marketplace.accounts.operations.admission import (
    Apply,
    DecideJoin,
    NewPerson,
    apply_for_admission,
    decide_join,
)
from marketplace.accounts.operations.inviting import (
    ChangeMember,
    Invite,
    accept_invitation,
    change_member,
    invite,
    open_invitation,
)
from marketplace.accounts.pages.blueprint import blueprint
from marketplace.accounts.pages.people import act_for_new_firm
from marketplace.accounts.schemas import FirmSchema, PersonSchema
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_actor_or_none,
    current_session,
    request_clock,
    writes,
)
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path


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


def _role_words() -> dict[FirmRole, str]:
    return {
        FirmRole.OWNER: gettext("负责人"),
        FirmRole.OPERATOR: gettext("设备与业务"),
        FirmRole.FINANCE: gettext("财务"),
    }


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
    act_for_new_firm(member.user_id, member.enterprise_id, park_id)
    return redirect(url_for("accounts_pages.firm"), 303)


@blueprint.get("/firm")
@allow(Who.SIGNED_IN)
def firm() -> str:
    return _firm_page(Form())


def _firm_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    standing = queries.own_membership(session, actor=actor)
    members: Sequence[FirmMember] = queries.members_of(session, actor.enterprise_id) if actor.enterprise_id else ()
    return render_template(
        "accounts/firm.html",
        form=form,
        standing=standing,
        asked=queries.asked_to_join(session, actor=actor),
        members=members,
        may_decide=actor.firm_role is FirmRole.OWNER,
        role_choices=[(role.value, word) for role, word in _role_words().items()],
        own_user_id=actor.user_id,
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


class InviteForm(Schema):
    email = fields.Email(required=True, validate=validate.Length(max=254))
    role = fields.Enum(FirmRole, by_value=True, load_default=FirmRole.OPERATOR)


@blueprint.post("/firm/invitations")
@allow(Who.FIRM, firm=(FirmRole.OWNER,))
@writes
def send_invitation() -> AnyResponse | tuple[str, int]:
    form = typed()
    given = read(InviteForm(), form)
    if given is None:
        return _firm_page(form), 422
    try:
        invite(current_session(), Invite(**given), actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _firm_page(form), error.status
    flash(gettext("邀请已发到 %(email)s，七天内有效。", email=given["email"]), "done")
    return redirect(url_for(".firm"), 303)


@blueprint.post("/firm/members/<member>/role")
@allow(Who.FIRM, firm=(FirmRole.OWNER,))
@writes
def change_role(member: str) -> AnyResponse:
    """A new role, or out of the firm."""
    chosen = request.form.get("role", "")
    role = FirmRole(chosen) if chosen in {one.value for one in FirmRole} else None
    change_member(
        current_session(), ChangeMember(member=member, role=role), actor=current_actor(), clock=request_clock()
    )
    flash(gettext("成员已更新。"), "done")
    return redirect(url_for(".firm"), 303)


class JoinForm(Schema):
    name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    password = fields.String(required=True, validate=validate.Length(max=200))


@blueprint.get("/invitation/<secret>")
@allow(Who.ANYONE)
def invitation(secret: str) -> str:
    return _invitation_page(secret, Form())


def _invitation_page(secret: str, form: Form) -> str:
    session = current_session()
    offer = open_invitation(session, secret, clock=request_clock())
    firms = queries.enterprises_by_id(session, [offer.enterprise_id])
    firm = firms[offer.enterprise_id]
    actor = current_actor_or_none()
    return render_template(
        "accounts/invitation.html", form=form, offer=offer, firm_name=firm.name(reader_locale()), is_new=actor is None
    )


@blueprint.post("/invitation/<secret>")
@allow(Who.ANYONE)
@writes
def join(secret: str) -> AnyResponse | tuple[str, int]:
    form, session, actor = typed(), current_session(), current_actor_or_none()
    given = read(JoinForm(), form) if actor is None else None
    if form.errors:
        return _invitation_page(secret, form), 422
    person = NewPerson(email="", locale=reader_locale(), **given) if given else None
    try:
        member = accept_invitation(session, secret, person, actor=actor, clock=request_clock())
    except NotFound:
        raise
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _invitation_page(secret, form), error.status
    park_id, _ = signing_in.first_place(session, member.user_id)
    act_for_new_firm(member.user_id, member.enterprise_id, park_id)
    return redirect(url_for(".firm"), 303)
