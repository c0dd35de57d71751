"""The audit trail: searched, paged, exported."""

from typing import Any, cast

from flask import make_response, render_template, request, url_for
from flask.wrappers import Response
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from marketplace.kernel.edge import Who, allow, current_actor, current_session
from marketplace.kernel.problems import field_sentence
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext
from marketplace.listings.exports import CSV, as_csv
from marketplace.office.pages.blueprint import blueprint
from marketplace.office.trail import READERS, Wanted, acts, all_acts
from marketplace.office.trail_words import SUBJECTS, line_of, said
from marketplace.ui.filters import reader_locale


class WantedForm(Schema):
    """Which acts, as an address says it."""

    class Meta:
        unknown = EXCLUDE

    who = Text(most=60, load_default="")
    action = Text(most=60, load_default="")
    subject = Text(most=60, load_default="")
    enterprise = Text(most=14, load_default="")
    first_day = fields.Date(load_default=None, error_messages={"invalid": "bad_day"})
    last_day = fields.Date(load_default=None, error_messages={"invalid": "bad_day"})


def _asked() -> tuple[Wanted, dict[str, Any], dict[str, list[str]]]:
    """What the address asks for, what it said, and what of it makes no sense (and is left out)."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    errors: dict[str, list[str]] = {}
    try:
        loaded = cast("Any", WantedForm().load(given))
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        errors = {name: [field_sentence(str(text)) for text in texts] for name, texts in messages.items()}
        loaded = cast("Any", WantedForm().load({name: value for name, value in given.items() if name not in errors}))
    return Wanted(**loaded), given, errors


@blueprint.get("/audit")
@allow(Who.OFFICE, office=READERS)
def audit() -> tuple[str, int]:
    wanted, given, errors = _asked()
    locale = reader_locale()
    page = acts(current_session(), wanted, actor=current_actor(), cursor=request.args.get("cursor"))
    kept = {name: value for name, value in given.items() if name != "cursor"}
    body = render_template(
        "office/audit.html",
        lines=[line_of(act, locale) for act in page.items],
        given=given,
        errors=errors,
        next_url=url_for(".audit", cursor=page.next_cursor, **kept) if page.next_cursor else "",
        first_url=url_for(".audit", **kept) if "cursor" in given else "",
        export_url=url_for(".audit_file", **kept),
        subject_choices=[(name, word()) for name, word in SUBJECTS.items()],
    )
    return body, 422 if errors else 200


@blueprint.get("/audit.csv")
@allow(Who.OFFICE, office=READERS)
def audit_file() -> Response:
    """The acts that match as CSV; the newest 50,000 when there are more."""
    wanted, _, _ = _asked()
    locale = reader_locale()
    header = [
        gettext("时间"),
        gettext("谁"),
        gettext("代表"),
        gettext("做了什么"),
        gettext("对象"),
        gettext("改动"),
        gettext("请求号"),
    ]
    rows = (
        (
            line.row.at.isoformat(),
            line.who,
            line.firm,
            line.what,
            line.row.subject,
            said(line.changes),
            line.row.request_id,
        )
        for line in (line_of(act, locale) for act in all_acts(current_session(), wanted, actor=current_actor()))
    )
    response = make_response(as_csv(header, rows))
    response.content_type = CSV
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response
