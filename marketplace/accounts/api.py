# pyright: standard
"""Firms, people and tokens for programs."""

import base64
from dataclasses import replace
from typing import Any

from flask import jsonify
from flask.wrappers import Response
from flask_login import current_user
from flask_smorest import Blueprint
from marshmallow import INCLUDE, Schema

from marketplace.accounts import queries
from marketplace.accounts.licences import CheckedLicence, check_licence
from marketplace.accounts.models import FirmMember, Membership
from marketplace.accounts.operations.admission import (
    Apply,
    DecideJoin,
    DecideStanding,
    apply_for_admission,
    decide_join,
    decide_standing,
)
from marketplace.accounts.operations.tokens import MadeToken, MakeToken, make_token, revoke_token
from marketplace.accounts.personal_data import told_of_person
from marketplace.accounts.schemas import (
    ApplicationSchema,
    EnterprisePageSchema,
    EnterpriseQuery,
    EnterpriseSchema,
    JoinDecisionSchema,
    KeptTokenSchema,
    MemberSchema,
    MeSchema,
    NewTokenSchema,
    StandingSchema,
    TokenSchema,
)
from marketplace.kernel.actor import Actor, OfficeRole
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
from marketplace.kernel.errors import Invalid
from marketplace.kernel.idempotency import idempotent

blueprint = Blueprint("accounts_api", __name__, url_prefix="/api/v1", description="Firms, people, tokens")


@blueprint.get("/me")
@allow(Who.SIGNED_IN)
@blueprint.response(200, MeSchema)
def me() -> Actor:
    """Who you are and act for."""
    return current_actor()


@blueprint.post("/applications")
@allow(Who.ANYONE)
@writes
@blueprint.arguments(ApplicationSchema)
@blueprint.response(201, MemberSchema)
def apply(application: dict[str, Any]) -> FirmMember:
    """Apply for admission with a firm's USCC; with a known one, ask to join that firm."""
    session, actor = current_session(), current_actor_or_none()
    park_id = actor.park_id if actor else queries.only_park(session).id
    command = Apply(
        park_id=park_id,
        firm=application["firm"],
        licence=_licence(application["licence"]),
        person=application["person"],
    )
    member = apply_for_admission(session, command, actor=actor, clock=request_clock())
    session.refresh(member, ["user"])
    return member


def _licence(encoded: str | None) -> CheckedLicence | None:
    if not encoded:
        return None
    try:
        return check_licence(base64.b64decode(encoded, validate=True))
    except ValueError as error:
        raise Invalid("bad_licence", fields={"licence": ["not_base64"]}) from error


@blueprint.get("/enterprises")
@allow(Who.OFFICE)
@blueprint.arguments(EnterpriseQuery, location="query")
@blueprint.response(200, EnterprisePageSchema)
def list_enterprises(query: dict[str, Any]) -> object:
    """The firms of your park, those that wait for review first."""
    return queries.memberships(current_session(), actor=current_actor(), **query)


@blueprint.get("/enterprises/<string:enterprise>")
@allow(Who.OFFICE)
@blueprint.response(200, EnterpriseSchema)
def get_enterprise(enterprise: str) -> Membership:
    """One firm and its standing in your park."""
    return queries.membership_of(current_session(), enterprise, actor=current_actor())


@blueprint.post("/enterprises/<string:enterprise>/standing")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@idempotent
@blueprint.arguments(StandingSchema)
@blueprint.response(200, EnterpriseSchema)
def decide_enterprise(command: DecideStanding, enterprise: str) -> Membership:
    """Admit, refuse, suspend or restore a firm."""
    session, actor = current_session(), current_actor()
    decide_standing(session, replace(command, enterprise=enterprise), actor=actor, clock=request_clock())
    return queries.membership_of(session, enterprise, actor=actor)


@blueprint.get("/members")
@allow(Who.FIRM)
@blueprint.response(200, MemberSchema(many=True))
def list_members() -> object:
    """The people of the firm you act for, requests to join first."""
    return queries.members_of(current_session(), current_actor().require_firm())


@blueprint.post("/members/<string:member>/decision")
@allow(Who.SIGNED_IN)
@writes
@blueprint.arguments(JoinDecisionSchema)
@blueprint.response(204)
def decide_member(decision: dict[str, Any], member: str) -> None:
    """Let somebody who asked join your firm, or not."""
    decide_join(current_session(), DecideJoin(member=member, **decision), actor=current_actor(), clock=request_clock())


@blueprint.get("/me/data")
@allow(Who.SIGNED_IN)
@blueprint.response(200, Schema.from_dict({}, name="PersonalDataSchema")(unknown=INCLUDE))
def my_data() -> Response:
    """Everything the platform keeps about you as a person."""
    return jsonify(told_of_person(current_session(), actor=current_actor()))


@blueprint.get("/tokens")
@allow(Who.SIGNED_IN)
@blueprint.response(200, KeptTokenSchema(many=True))
def list_tokens() -> object:
    """Your tokens that still work, newest first; never their secrets."""
    return queries.tokens_of(current_session(), actor=current_actor(), at=request_now())


@blueprint.post("/tokens")
@allow(Who.SIGNED_IN)
@writes
@blueprint.arguments(NewTokenSchema)
@blueprint.response(201, TokenSchema)
def create_token(command: MakeToken) -> MadeToken:
    """Make an API token; its secret is in this answer alone."""
    command = replace(command, is_verified=current_user.is_verified)
    return make_token(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.delete("/tokens/<string:public_id>")
@allow(Who.SIGNED_IN)
@writes
@blueprint.response(204)
def delete_token(public_id: str) -> None:
    """Revoke one of your tokens."""
    revoke_token(current_session(), public_id, actor=current_actor(), clock=request_clock())
