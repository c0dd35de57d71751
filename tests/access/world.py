"""Two parks with firms, people and something private in every table that has a page; who asks is a `Caller`."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.bills.models import FapiaoKind
from billing.bills.operations import RequestFapiao, request_fapiao
from billing.bills.queries import bills_of
from billing.contracts.operations import OpenContract, StartContract, open_contract, quote_buy_out, start_contract
from billing.contracts.runs import bill_batch
from billing.ledger.models import Account, Transaction
from billing.metering.models import MeterKind, Reading
from billing.metering.operations import (
    AddMeter,
    NewReading,
    TakeReadings,
    add_meter,
    make_device_token,
    take_readings,
)
from billing.payments.models import FundsRequest, GatewayName, Payment
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from billing.payments.operations.requesting import RequestFunds, UploadSlip, request_funds, upload_slip
from billing.payments.operations.settling import ReleaseEscrow, release_escrow
from billing.payouts.models import AccountPurpose
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.batches import draft_batch
from billing.payouts.operations.queueing import QueuePayout, queue_payout
from billing.pricing.rent_to_own import RentStep, RentToOwnTerms
from billing.statements.models import StatementLine
from billing.statements.operations import ImportStatement, import_statement
from credit.evidence.operations import RecordEvidence, record_evidence
from credit.objections.operations import FileObjection, file_objection
from credit.objections.repairs import AskRepair, ask_repair
from credit.scoring.events import Role, State
from marketplace.accounts.models import (
    Enterprise,
    FirmMember,
    Licence,
    MembershipStatus,
    MemberStatus,
    Park,
    SignInSession,
    User,
)
from marketplace.accounts.operations.inviting import Invite, invite
from marketplace.accounts.operations.tokens import MakeToken, make_token
from marketplace.accounts.sessions import open_session
from marketplace.bookings.blackouts import BlackOut, black_out
from marketplace.bookings.feeds import make_feed
from marketplace.bookings.models import Booking, Holiday, Wait
from marketplace.conversations.models import Notice
from marketplace.conversations.operations import Recipients, notify
from marketplace.demands.models import Confidentiality
from marketplace.demands.operations.demanding import PostDemand, post_demand
from marketplace.demands.operations.quoting import MakeQuote, QuoteTerms, make_quote
from marketplace.demands.pricing import QuoteLine
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole, system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.edge import Access, Who
from marketplace.kernel.money import Money
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.commands import ListingTerms
from marketplace.listings.imports.jobs import annotate_ledger_job, read_ledger_job, write_import_job
from marketplace.listings.imports.operations import CommitImport, StartImport, commit_import, start_import
from marketplace.listings.media.operations import add_document, add_photo
from marketplace.listings.models import Approval, Listing
from marketplace.listings.queries import units_of
from marketplace.orders.disputes.models import DisputeSubject
from marketplace.orders.disputes.operations import OpenDispute, open_dispute
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.handing_over import (
    CheckedItem,
    WriteRecord,
    add_record_photo,
    write_record,
)
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.placing import PlaceOrder, place_order
from tests.application import NOW
from tests.billing.statements.bank import signed
from tests.factories import create_enterprise, create_member, create_officer, create_park, create_user, firm_actor
from tests.listings.factories import MILL, create_draft, create_published_listing
from tests.listings.imports.ledgers import ROWS, ledger
from tests.listings.media.test_uploads import jpeg

CLOCK = fixed_clock(NOW)
HOUR = timedelta(hours=1)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@dataclass(frozen=True)
class Caller:
    """Somebody with a browser. `side` is `ours` for the firm whose private rows are guarded, `other_side` for its
    business partner, else `outside`."""

    name: str
    client: FlaskClient
    actor: Actor | None
    side: str = "outside"
    park: str = "ours"

    def may_call(self, access: Access) -> bool:
        """What the declaration promises to this person, rows left aside."""
        actor = self.actor
        if access.who is Who.ANYONE:
            return True
        if actor is None:
            return False
        roles = {*access.firm_roles, FirmRole.OWNER} if access.firm_roles else set(FirmRole)
        in_firm = actor.enterprise_id is not None and actor.firm_role in roles
        match access.who:
            case Who.FIRM:
                return in_firm
            case Who.TRADING_FIRM:
                return in_firm and actor.admitted
            case Who.OFFICE:
                return bool(actor.office_roles & set(access.office_roles or OfficeRole))
        return True


@dataclass
class World:
    """`ids`: what stands in an address, by the kind of thing; `secrets`: words that only our side may read, and of them
    those that the other side may read too: `shared`."""

    app: Flask
    session: Session
    park: Park
    ids: dict[str, str] = field(default_factory=lambda: {"type": MILL, "language": "en", "test_checkout": "none"})
    secrets: list[str] = field(default_factory=list)
    shared: tuple[str, ...] = ("只给对方看的话", "密件只问一家", "底价只给需方")
    callers: dict[str, Caller] = field(default_factory=dict)


def build(app: Flask, session: Session) -> World:
    park, far_park = create_park(session), create_park(session)
    world = World(app, session, park)
    supplier, demander, rival = (create_enterprise(session, park) for _ in range(3))
    _people(world, supplier, demander, rival, far_park)
    _listings(world, supplier, demander)
    _handing_over(world)
    _bargaining(world, supplier)
    _paper(world, supplier)
    _money(world, supplier, demander)
    _credit(world, supplier, demander)
    _held(world, supplier, demander)
    session.commit()
    return world


def _people(world: World, supplier: Enterprise, demander: Enterprise, rival: Enterprise, far_park: Park) -> None:
    session, park = world.session, world.park
    world.callers["nobody"] = Caller("nobody", world.app.test_client(), None)
    for role in FirmRole:
        _firm_caller(world, f"our {role.value}", park, supplier, role=role, side="ours")
    _firm_caller(world, "the other side", park, demander, side="other_side")
    _firm_caller(world, "a rival", park, rival)
    waiting = create_enterprise(session, park, status=MembershipStatus.APPLIED)
    _firm_caller(world, "a firm that waits", park, waiting, admitted=False)
    far_firm = create_enterprise(session, far_park)
    _firm_caller(world, "a firm of another park", far_park, far_firm, where="far")
    for role in OfficeRole:
        _office_caller(world, f"office {role.value}", park, role)
    _office_caller(world, "office of every role", park, *OfficeRole)
    _office_caller(world, "office of another park", far_park, *OfficeRole, where="far")


def _firm_caller(
    world: World,
    name: str,
    park: Park,
    firm: Enterprise,
    *,
    role: FirmRole = FirmRole.OWNER,
    side: str = "outside",
    where: str = "ours",
    admitted: bool = True,
) -> None:
    user = create_member(world.session, firm, role=role)
    actor = firm_actor(user, park, firm, role=role)
    actor = Actor(
        park_id=park.id,
        user_id=user.id,
        enterprise_id=firm.id,
        admitted=admitted,
        firm_role=role,
        name=actor.name,
    )
    client = sign_in(world, user, park, firm)
    world.callers[name] = Caller(name, client, actor, side=side, park=where)


def _office_caller(world: World, name: str, park: Park, *roles: OfficeRole, where: str = "ours") -> None:
    user = create_officer(world.session, park, *roles)
    actor = Actor(park_id=park.id, user_id=user.id, office_roles=frozenset(roles), name=user.name)
    world.callers[name] = Caller(name, sign_in(world, user, park, None), actor, side="office", park=where)


def sign_in(world: World, user: User, park: Park, firm: Enterprise | None) -> FlaskClient:
    token = open_session(world.session, user=user, park_id=park.id, enterprise_id=firm.id if firm else None, at=NOW)
    client = world.app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def _listings(world: World, supplier: Enterprise, demander: Enterprise) -> None:
    session, park, owner = world.session, world.park, world.callers["our owner"].actor
    assert owner
    public = create_published_listing(session, park, supplier, terms=ListingTerms(approval=Approval.BY_OWNER))
    draft = create_draft(session, park, supplier, title="密不外传的机床")
    world.secrets.append("密不外传的机床")
    world.ids |= {
        "listing": public.public_id,
        "draft": draft.public_id,
        "unit": units_of(session, draft.id)[0].public_id,
        "photo": add_photo(session, draft.public_id, jpeg((640, 480)), actor=owner, clock=CLOCK).public_id,
        "document": _document(world, draft, owner),
    }
    kept = BlackOut(listing=public.public_id, during=Range(NOW + 30 * HOUR, NOW + 32 * HOUR), note="只给自己看的检修")
    world.ids["blackout"] = black_out(session, kept, actor=owner, clock=CLOCK).public_id
    world.secrets.append("只给自己看的检修")
    waits = Wait(
        listing_id=public.id,
        park_id=park.id,
        enterprise_id=supplier.id,
        user_id=owner.user_id or 0,
        during=kept.during,
        quantity=1,
        created_at=NOW,
    )
    session.add(waits)
    session.flush()
    world.ids["wait"] = waits.public_id
    made = make_feed(session, public.public_id, actor=owner, clock=CLOCK)
    world.ids |= {"calendar_feed": made.feed.public_id, "calendar_secret": made.secret, "holiday": "2026-10-01"}
    session.add(Holiday(park_id=park.id, day=date(2026, 10, 1), is_workday=False, name_zh="国庆节", name_en="Day"))
    command = StartImport(filename="保密台账.csv", content=ledger(*ROWS))
    run = start_import(session, command, actor=owner, clock=CLOCK)
    read_ledger_job(session, clock=CLOCK, run_id=run.id)
    commit_import(session, CommitImport(run=run.public_id), actor=owner, clock=CLOCK)
    write_import_job(session, clock=CLOCK, run_id=run.id)
    annotate_ledger_job(session, clock=CLOCK, run_id=run.id)
    world.ids["import"] = run.public_id
    world.secrets.append("保密台账")
    world.ids |= {"enterprise": supplier.public_id, "partner": demander.public_id}


def _handing_over(world: World) -> None:
    """A used machine with a record that waits for its signature, and a dispute about it."""
    session, owner, partner = world.session, world.callers["our owner"].actor, world.callers["the other side"].actor
    assert owner
    assert partner
    during = Range(NOW + 6 * HOUR, NOW + 7 * HOUR)
    place = PlaceOrder(listing=world.ids["listing"], during=during, note="只给对方看的话")
    order = place_order(session, place, actor=partner, clock=CLOCK)
    approve_order(session, order.public_id, actor=owner, clock=CLOCK)
    checks = tuple(CheckedItem(code=item.code, ok=True) for item in load_catalogue().types[MILL].checklist)
    writing = WriteRecord(order=order.public_id, kind=RecordKind.HANDOVER, checklist=checks, note="交接里的私话")
    record = write_record(session, writing, actor=owner, clock=CLOCK)
    picture = add_record_photo(session, record.public_id, jpeg((640, 480)), actor=owner, clock=CLOCK)
    claim = OpenDispute(order=order.public_id, subject=DisputeSubject.LATE, claim="争议里的私话")
    listing = session.scalars(select(Listing).where(Listing.public_id == world.ids["listing"])).one()
    world.ids |= {
        "order": order.public_id,
        "booking": session.get_one(Booking, order.booking_id).public_id,
        "record": record.public_id,
        "record_photo": picture.public_id,
        "dispute": open_dispute(session, claim, actor=partner, clock=CLOCK).public_id,
        "park_unit": units_of(session, listing.id)[0].public_id,
    }
    world.secrets += ["只给对方看的话", "交接里的私话", "争议里的私话"]
    world.shared = (*world.shared, "交接里的私话", "争议里的私话")


def _bargaining(world: World, supplier: Enterprise) -> None:
    session, owner, partner = world.session, world.callers["our owner"].actor, world.callers["the other side"].actor
    assert owner
    assert partner
    wanted = PostDemand(
        title_zh="密件只问一家",
        type_code=MILL,
        confidentiality=Confidentiality.INVITED,
        invited=(supplier.name_zh,),
    )
    demand = post_demand(session, wanted, actor=partner, clock=CLOCK)
    terms = QuoteTerms(
        during=Range(NOW + 8 * HOUR, NOW + 9 * HOUR),
        lines=(QuoteLine(name="铣削", unit_price=Decimal(100)),),
        valid_until=NOW + HOUR,
        note="底价只给需方",
    )
    offer = MakeQuote(demand=demand.public_id, listing=world.ids["listing"], terms=terms)
    world.ids |= {
        "demand": demand.public_id,
        "quote": make_quote(session, offer, actor=owner, clock=CLOCK).public_id,
    }
    demand_id, quote_id = world.ids["demand"], world.ids["quote"]
    world.ids |= {"asked_demand": demand_id, "offered_demand": demand_id, "made_quote": quote_id}
    world.secrets += ["密件只问一家", "底价只给需方"]


def _document(world: World, listing: Listing, owner: Actor) -> str:
    return add_document(world.session, listing.public_id, PDF, title="保密手册", actor=owner, clock=CLOCK).public_id


def _money(world: World, supplier: Enterprise, demander: Enterprise) -> None:
    session, owner, partner = world.session, world.callers["our owner"].actor, world.callers["the other side"].actor
    assert owner
    assert partner
    system = system_actor(world.park.id)
    terms = RentToOwnTerms(price=Decimal(1200), rents=(RentStep(count=12, rent=Decimal(100)),))
    opening = OpenContract(
        supplier_id=supplier.id,
        demander_id=demander.id,
        subject_ref="order:guarded",
        title="只有双方知道的合同",
        terms=terms,
        starts_on=NOW.date(),
    )
    contract = open_contract(session, opening, actor=system, clock=CLOCK)
    start_contract(session, StartContract(contract=contract.public_id), actor=system, clock=CLOCK)
    quote = quote_buy_out(session, contract.public_id, actor=partner, clock=CLOCK)
    bill_batch(session, clock=CLOCK, contract_ids=[contract.id])
    bill = bills_of(session, actor=owner).items[0]
    wish = RequestFapiao(bill=bill.public_id, kind=FapiaoKind.SPECIAL)
    fapiao = request_fapiao(session, wish, actor=partner, clock=CLOCK)
    adding = AddMeter(name="只有自己知道的表", kind=MeterKind.COUNTER, unit="kwh")
    meter = add_meter(session, adding, actor=owner, clock=CLOCK)
    token = make_device_token(session, meter.public_id, "网关", actor=owner, clock=CLOCK).token
    shown = NewReading(event_id="1", at=NOW, value=Decimal(5))
    take_readings(session, TakeReadings(meter_id=meter.id, device="gw", readings=(shown,)), clock=CLOCK)
    world.secrets += ["只有双方知道的合同", "只有自己知道的表"]
    world.shared = (*world.shared, "只有双方知道的合同")
    world.ids |= {
        "contract": contract.public_id,
        "buy_out": quote.public_id,
        "bill": bill.public_id,
        "fapiao": fapiao.public_id,
        "meter": meter.public_id,
        "device_token": token.public_id,
        "reading": session.scalars(select(Reading.id).where(Reading.meter_id == meter.id)).one(),
    }


def _held(world: World, supplier: Enterprise, demander: Enterprise) -> None:
    """A request that is still to be paid, with its slip, and a payout of money that was released."""
    session, owner, partner = world.session, world.callers["our owner"].actor, world.callers["the other side"].actor
    assert owner
    assert partner
    system, sum_ = system_actor(world.park.id), Money(100_000, "CNY")

    def ask(subject: str) -> FundsRequest:
        asking = RequestFunds(
            subject_ref=subject,
            payer_id=demander.id,
            payee_id=supplier.id,
            escrow=sum_,
            deposit=Money.zero("CNY"),
            due_at=NOW + HOUR,
            label="只有双方知道的款项",
        )
        return request_funds(session, asking, actor=system, clock=CLOCK)

    waiting, paid = ask("order:waiting"), ask("order:paid")
    slip = UploadSlip(request=waiting.public_id, name="slip.jpg", body=jpeg((640, 480)))
    upload_slip(session, slip, actor=partner, clock=CLOCK)
    money = ReceiveMoney(request_id=paid.id, gateway=GatewayName.BANK_TRANSFER, gateway_ref="bank:1", amount=sum_)
    receive_money(session, money, actor=system, clock=CLOCK)
    nothing = Money.zero("CNY")
    release = ReleaseEscrow(subject_ref="order:paid", key="accepted", commission=nothing, commission_tax=nothing)
    release_escrow(session, release, actor=system, clock=CLOCK)
    account = KeepBankAccount(holder="砺川", bank="只有自己知道的支行", number="6216610000012345")
    keep_bank_account(session, account, actor=owner, clock=CLOCK)
    payout = queue_payout(session, QueuePayout(enterprise_id=supplier.id, currency="CNY"), actor=system, clock=CLOCK)
    world.secrets += ["只有双方知道的款项", "只有自己知道的支行"]
    world.shared = (*world.shared, "只有双方知道的款项")
    world.ids |= {
        "funds_request": waiting.public_id,
        "payment": session.scalars(select(Payment.public_id).where(Payment.request_id == paid.id)).one(),
        "payout": payout.public_id,
    }
    _books(world)


def _books(world: World) -> None:
    """What only the office reads: a statement with a line of nobody, a batch, an account and a transaction."""
    session, clerk = world.session, world.callers["office finance"].actor
    assert clerk
    body = signed([("不知谁付的", 5)])
    statement = import_statement(
        session, ImportStatement(name="只有办公室的对账单.csv", body=body), actor=clerk, clock=CLOCK
    )
    for purpose in (AccountPurpose.CUSTODY, AccountPurpose.PLATFORM):
        kept = KeepBankAccount(holder="园区", bank="云溪农商行", number="6222020200112233445", purpose=purpose)
        keep_bank_account(session, kept, actor=clerk, clock=CLOCK)
    batch = draft_batch(session, actor=clerk, clock=CLOCK)
    line = session.scalars(select(StatementLine)).one()
    account = session.scalars(select(Account).where(Account.park_id == world.park.id).order_by(Account.id)).first()
    moved = session.scalars(
        select(Transaction).where(Transaction.park_id == world.park.id).order_by(Transaction.id)
    ).first()
    assert account
    assert moved
    world.secrets.append("只有办公室的对账单")
    world.ids |= {
        "bank_statement": statement.public_id,
        "bank_line": line.public_id,
        "payout_batch": batch.public_id,
        "ledger_account": account.public_id,
        "ledger_transaction": moved.public_id,
    }


def _paper(world: World, supplier: Enterprise) -> None:
    session, owner = world.session, world.callers["our owner"].actor
    assert owner
    stranger = create_user(session)
    asking = FirmMember(
        user_id=stranger.id,
        enterprise_id=supplier.id,
        role=FirmRole.OPERATOR,
        since=NOW,
        status=MemberStatus.REQUESTED,
    )
    session.add(asking)
    session.add(Licence(enterprise_id=supplier.id, content=jpeg((40, 30)), content_type="image/jpeg", uploaded_at=NOW))
    invited = invite(session, Invite(email="kept-quiet@example.com", role=FirmRole.FINANCE), actor=owner, clock=CLOCK)
    world.secrets.append("kept-quiet@example.com")
    token = make_token(session, MakeToken(name="密钥一号", scopes=("orders:read",)), actor=owner, clock=CLOCK).token
    world.secrets.append("密钥一号")
    notify(
        session,
        park_id=world.park.id,
        to=Recipients(user_ids=[owner.user_id or 0]),
        code="listing.refused",
        facts={"zh": "密不外传的机床", "en": "密不外传的机床", "reason": "密"},
        link="/machines/",
        at=NOW,
    )
    session.flush()
    world.ids |= {
        "job": str(_parked_job(session)),
        "member": asking.public_id,
        "invitation": invited.secret,
        "token": token.public_id,
        "notice": session.scalars(select(Notice.public_id).where(Notice.user_id == owner.user_id)).all()[-1],
        "session": session.scalars(select(SignInSession.public_id).where(SignInSession.user_id == owner.user_id)).all()[
            -1
        ],
    }


def _parked_job(session: Session) -> int:
    parked = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'failed') RETURNING id"
    )
    return session.scalars(text(parked)).one()


def _credit(world: World, supplier: Enterprise, demander: Enterprise) -> None:
    """Two faults of our firm: one contested, one that it asks to have repaired."""
    session, owner = world.session, world.callers["our owner"].actor
    assert owner
    faults = [
        record_evidence(
            session,
            RecordEvidence(
                enterprise_id=supplier.id,
                role=Role.SUPPLIER,
                dimension="handover",
                kind="late",
                x=0,
                occurred_at=NOW,
                subject_ref=f"order:{n}",
                counterparty_id=demander.id,
                state=State.FINAL,
            ),
            actor=system_actor(world.park.id),
            clock=CLOCK,
        ).public_id
        for n in range(3)
    ]
    contest = FileObjection(evidence=faults[0], reason="不服的理由")
    objection = file_objection(session, contest, actor=owner, clock=CLOCK)
    asked = AskRepair(evidence=faults[1], pledge="整改的承诺", proof="整改照片")
    repair = ask_repair(session, asked, actor=owner, clock=CLOCK)
    world.secrets.append("整改的承诺")
    world.ids |= {"evidence": faults[2], "objection": objection.public_id, "repair": repair.public_id}
