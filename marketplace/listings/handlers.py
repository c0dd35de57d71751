"""Who is told when a listing is submitted, approved or sent back, and when an import is through."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.words import translate
from marketplace.listings.events import (
    ListingApproved,
    ListingRefused,
    ListingsApproved,
    ListingsSubmitted,
    ListingSubmitted,
)
from marketplace.listings.imports.events import LedgerImported
from marketplace.listings.imports.models import ImportRun
from marketplace.listings.models import Listing


def tell_office_of_listing(session: Session, event: ListingSubmitted, *, clock: Clock) -> None:
    """The office's admins learn that a listing waits."""
    _tell_office(session, [event.listing_id], clock=clock)


def tell_office_of_listings(session: Session, event: ListingsSubmitted, *, clock: Clock) -> None:
    """One notice for a batch."""
    _tell_office(session, event.listing_ids, clock=clock)


def _tell_office(session: Session, listing_ids: list[int], *, clock: Clock) -> None:
    first = session.get_one(Listing, listing_ids[0])
    count = session.scalar(select(func.count()).select_from(Listing).where(Listing.id.in_(listing_ids))) or 0
    notify(
        session,
        park_id=first.park_id,
        to=Recipients(office_roles=(OfficeRole.ADMIN,)),
        code="listing.submitted",
        facts={"zh": first.title("zh_CN"), "en": first.title("en"), "count": count},
        link="/office/listings" if count > 1 else f"/office/listings/{first.public_id}",
        at=clock(),
        once_key=f"listing.submitted:{first.id}:{first.version}",
    )


def tell_owner_of_approval(session: Session, event: ListingApproved, *, clock: Clock) -> None:
    """The firm learns that its listing is online."""
    _tell_owner(session, event.listing_id, "listing.approved", clock=clock)


def tell_owner_of_approvals(session: Session, event: ListingsApproved, *, clock: Clock) -> None:
    """One notice for a batch."""
    first = session.get_one(Listing, event.listing_ids[0])
    notify(
        session,
        park_id=first.park_id,
        to=Recipients(enterprise_id=first.enterprise_id),
        code="listings.approved",
        facts={"count": len(event.listing_ids)},
        link="/machines/?status=published",
        at=clock(),
        once_key=f"listings.approved:{first.id}:{first.version}",
    )


def tell_owner_of_refusal(session: Session, event: ListingRefused, *, clock: Clock) -> None:
    """The firm learns that its listing came back, and why."""
    _tell_owner(session, event.listing_id, "listing.refused", clock=clock)


def _tell_owner(session: Session, listing_id: int, code: str, *, clock: Clock) -> None:
    listing = session.get_one(Listing, listing_id)
    facts = {"zh": listing.title("zh_CN"), "en": listing.title("en"), "reason": listing.moderation_reason}
    notify(
        session,
        park_id=listing.park_id,
        to=Recipients(enterprise_id=listing.enterprise_id),
        code=code,
        facts=facts,
        link=f"/machines/{listing.public_id}",
        at=clock(),
        once_key=f"{code}:{listing.id}:{listing.version}",
    )


def tell_person_of_import(session: Session, event: LedgerImported, *, clock: Clock) -> None:
    """Whoever left the import running learns that it is through."""
    run = session.get_one(ImportRun, event.run_id)
    if run.user_id is None:
        return
    facts = {"file": run.filename, "created": event.created, "updated": event.updated, "withdrawn": event.withdrawn}
    notify(
        session,
        park_id=run.park_id,
        to=Recipients(user_ids=(run.user_id,)),
        code="import.done",
        facts=facts,
        link=f"/machines/import/{run.public_id}",
        at=clock(),
        once_key=f"import.done:{run.id}",
    )


def _title(facts: Mapping[str, Any], locale: str) -> str:
    return str(facts["en" if locale.startswith("en") else "zh"])


def _submitted(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    if facts["count"] > 1:
        return translate(locale, "%(count)s 条供给等待审核", count=facts["count"]), ""
    return translate(locale, "供给“%(title)s”等待审核", title=_title(facts, locale)), ""


def _approved(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "“%(title)s”已通过审核并上线", title=_title(facts, locale))
    return subject, translate(locale, "买家现在就能搜到并预订它。")


def _all_approved(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "%(count)s 条供给已通过审核并上线", count=facts["count"])
    return subject, translate(locale, "买家现在就能搜到并预订它们。")


def _refused(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    subject = translate(locale, "“%(title)s”被退回，请修改", title=_title(facts, locale))
    return subject, translate(locale, "理由：%(reason)s", reason=facts["reason"])


def _imported(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    body = translate(
        locale,
        "新增 %(created)s 条，更新 %(updated)s 条，撤下 %(withdrawn)s 台。",
        created=facts["created"],
        updated=facts["updated"],
        withdrawn=facts["withdrawn"],
    )
    return translate(locale, "台账“%(file)s”已导入", file=facts["file"]), body


WORDINGS: Mapping[str, Wording] = {
    "listing.submitted": _submitted,
    "listing.approved": _approved,
    "listing.refused": _refused,
    "listings.approved": _all_approved,
    "import.done": _imported,
}
SUBSCRIPTIONS = (
    Subscription(ListingSubmitted, tell_office_of_listing, "listings.tell_office_of_listing"),
    Subscription(ListingsSubmitted, tell_office_of_listings, "listings.tell_office_of_listings"),
    Subscription(ListingApproved, tell_owner_of_approval, "listings.tell_owner_of_approval"),
    Subscription(ListingsApproved, tell_owner_of_approvals, "listings.tell_owner_of_approvals"),
    Subscription(ListingRefused, tell_owner_of_refusal, "listings.tell_owner_of_refusal"),
    Subscription(LedgerImported, tell_person_of_import, "listings.tell_person_of_import"),
)
