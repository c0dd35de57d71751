"""Row to wire for the office."""

from marshmallow import Schema, fields, validate

from marketplace.kernel.schemas import MoneySchema, PageArguments, Text


class DutySchema(Schema):
    """Which departments answer for an item, by code."""

    responsible = fields.String(attribute="responsible.code", dump_default=None, allow_none=True)
    assisting = fields.Pluck("DepartmentSchema", "code", many=True)


class DepartmentSchema(Schema):
    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()


class QueueItemSchema(Schema):
    """One thing that waits for the office."""

    key = fields.String()
    source = fields.String()
    title = fields.String()
    note = fields.String()
    impact = fields.String()
    since = fields.AwareDateTime()
    deadline = fields.AwareDateTime(allow_none=True)
    duty = fields.Nested(DutySchema)
    url = fields.String(metadata={"description": "The page that decides it"})


class QueueSchema(Schema):
    """What waits, first due first; `totals` counts all of each source, the list holds at most 200 of each."""

    items = fields.List(fields.Nested(QueueItemSchema))  # pyright: ignore[reportUnknownVariableType]
    totals = fields.Dict(keys=fields.String(), values=fields.Integer())
    overdue = fields.Integer()
    due_today = fields.Integer()


class QueueQuery(Schema):
    source = Text(most=40, load_default=None)


class ActSchema(Schema):
    """One row of the audit trail."""

    id = fields.Integer(attribute="row.id")
    at = fields.AwareDateTime(attribute="row.at")
    who = fields.String(attribute="row.actor_name")
    enterprise = fields.String(attribute="firm.public_id", dump_default=None, allow_none=True)
    action = fields.String(attribute="row.action")
    subject = fields.String(attribute="row.subject")
    before = fields.Dict(attribute="row.before", allow_none=True)
    after = fields.Dict(attribute="row.after", allow_none=True)
    request_id = fields.String(attribute="row.request_id")


class ActPageSchema(Schema):
    items = fields.List(fields.Nested(ActSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class ActQuery(PageArguments):
    """Which acts; dates are days of the park, both included."""

    who = Text(most=60, load_default="")
    action = Text(most=60, load_default="", metadata={"description": "Beginning of the action: `listing.`"})
    subject = Text(most=60, load_default="", metadata={"description": "Beginning of the subject: `order:3kq0`"})
    enterprise = Text(most=14, load_default="")
    first_day = fields.Date(load_default=None)
    last_day = fields.Date(load_default=None)


class FiguresQuery(Schema):
    weeks = fields.Integer(
        load_default=12, validate=validate.Range(1, 53), metadata={"description": "Whole weeks before this one"}
    )


class HeldMoneySchema(Schema):
    """Escrow and deposits held when the week ended, and what went to suppliers within it."""

    held = fields.Nested(MoneySchema)
    released = fields.Nested(MoneySchema)


class RunningSchema(Schema):
    """Hours machines really ran, own use included; those for other enterprises; these ÷ all, null where nothing ran."""

    effective_hours = fields.Float()
    served_hours = fields.Float()
    sharing = fields.Float(allow_none=True)


class WeekFiguresSchema(RunningSchema):
    """One week, from its Monday; utilisation is booked ÷ open, null where nothing was open.

    `money` is null for a reader who may not see the park's books.
    """

    monday = fields.Date()
    open_hours = fields.Float()
    booked_hours = fields.Float()
    utilisation = fields.Float(allow_none=True)
    orders = fields.Integer()
    order_amount = fields.Nested(MoneySchema)
    money = fields.Nested(HeldMoneySchema, allow_none=True)


class FirmFiguresSchema(RunningSchema):
    """One enterprise over all the weeks, those whose machines ran most first."""

    id = fields.String()
    name = fields.String()
    open_hours = fields.Float()
    booked_hours = fields.Float()
    utilisation = fields.Float(allow_none=True)


class FamilyFiguresSchema(Schema):
    """A family of resource types and its utilisation in each week."""

    code = fields.String()
    name = fields.String()
    shares = fields.List(fields.Float(allow_none=True))  # pyright: ignore[reportUnknownVariableType]


class IdleSchema(Schema):
    """A machine that was open in every week and never booked."""

    id = fields.String()
    title = fields.String()
    open_hours = fields.Float()


class FiguresSchema(RunningSchema):
    """The park in figures."""

    firms = fields.Dict(keys=fields.String(), values=fields.Integer())
    listings = fields.Dict(keys=fields.String(), values=fields.Integer())
    utilisation = fields.Float(allow_none=True)
    open_ahead_hours = fields.Float()
    free_ahead_hours = fields.Float()
    weeks = fields.List(fields.Nested(WeekFiguresSchema))  # pyright: ignore[reportUnknownVariableType]
    families = fields.List(fields.Nested(FamilyFiguresSchema))  # pyright: ignore[reportUnknownVariableType]
    idle = fields.List(fields.Nested(IdleSchema))  # pyright: ignore[reportUnknownVariableType]
    enterprises = fields.List(fields.Nested(FirmFiguresSchema))  # pyright: ignore[reportUnknownVariableType]
