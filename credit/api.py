"""The API of credit: published grades, a firm's own rating, objections; the office reads any firm's."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from credit.objections.models import Objection
from credit.objections.operations import FileObjection, file_objection
from credit.ratings.queries import own_ratings, public_grades, score_of
from credit.schemas import GradeQuery, GradeSchema, ObjectionSchema, ObjectSchema, RatingsSchema
from credit.scoring.events import Role
from credit.scoring.json_form import rating_json
from marketplace.accounts.models import Enterprise, Membership
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes

blueprint = Blueprint("credit_api", __name__, url_prefix="/api/v1/credit", description="Credit ratings")


@blueprint.get("/grades")
@allow(Who.SIGNED_IN)
@blueprint.arguments(GradeQuery, location="query")
@blueprint.response(200, GradeSchema(many=True))
def grades(query: dict[str, Any]) -> list[dict[str, Any]]:
    """Published grades of firms of your park; unknown ids are left out."""
    session, actor, role = current_session(), current_actor(), Role(query["role"])
    firms = session.execute(
        select(Enterprise.id, Enterprise.public_id)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Membership.park_id == actor.park_id, Enterprise.public_id.in_(query["enterprise"]))
    ).all()
    found = public_grades(session, [row[0] for row in firms], park_id=actor.park_id, role=role)
    return [
        {
            "enterprise": row[1],
            "grade": found[row[0]].grade,
            "orders": found[row[0]].orders,
            "score_milli": found[row[0]].score,
        }
        for row in firms
    ]


@blueprint.get("/ratings")
@allow(Who.FIRM)
@blueprint.response(200, RatingsSchema)
def ratings() -> dict[str, Any]:
    """Your firm's ratings in both roles, row by row."""
    found = own_ratings(current_session(), actor=current_actor(), at=request_now())
    return {"ratings": [rating_json(rating) for rating in found]}


@blueprint.get("/enterprises/<string:enterprise>/ratings")
@allow(Who.OFFICE)
@blueprint.response(200, RatingsSchema)
def ratings_of(enterprise: str) -> dict[str, Any]:
    """Any firm's ratings, for the park office."""
    _, found = score_of(current_session(), enterprise, actor=current_actor(), at=request_now())
    return {"ratings": [rating_json(rating) for rating in found]}


@blueprint.post("/evidence/<string:evidence>/objection")
@allow(Who.FIRM, firm=(FirmRole.OPERATOR,))
@writes
@blueprint.arguments(ObjectSchema)
@blueprint.response(201, ObjectionSchema)
def object_to(body: dict[str, str], evidence: str) -> Objection:
    """Contest a piece of evidence about your firm, within 30 days; once for each."""
    command = FileObjection(evidence=evidence, **body)
    return file_objection(current_session(), command, actor=current_actor(), clock=request_clock())
