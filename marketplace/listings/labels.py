"""What states, terms and reasons are called, in the reader's language. Inside requests only."""

from marketplace.kernel.words import gettext
from marketplace.listings.models import (
    Approval,
    DeliveryTerms,
    Listing,
    ListingKind,
    ListingStatus,
    OperatorTerms,
    UnitStatus,
    WithheldReason,
)


def kind_label(kind: ListingKind | str) -> str:
    return {
        ListingKind.EQUIPMENT: gettext("生产设备"),
        ListingKind.TOOL: gettext("专用工具"),
        ListingKind.LINE: gettext("生产线"),
        ListingKind.INSTRUMENT: gettext("仪器与试验场地"),
        ListingKind.SERVICE: gettext("服务能力"),
    }[ListingKind(kind)]


def status_label(status: ListingStatus) -> str:
    return {
        ListingStatus.DRAFT: gettext("草稿"),
        ListingStatus.IN_REVIEW: gettext("园区审核中"),
        ListingStatus.PUBLISHED: gettext("已发布"),
        ListingStatus.PAUSED: gettext("暂停预订中"),
        ListingStatus.ARCHIVED: gettext("已归档"),
    }[status]


def status_mark(listing: Listing) -> tuple[str, str]:
    """Kind and word of the status mark: a returned draft waits for its owner, a withheld one says why."""
    if listing.withheld_reason is not None and not listing.is_offered:
        return "draft", withheld_label(listing.withheld_reason)
    if listing.status is ListingStatus.DRAFT and listing.moderation_reason:
        return "you", gettext("退回待改")
    looks = {
        ListingStatus.DRAFT: "draft",
        ListingStatus.IN_REVIEW: "others",
        ListingStatus.PUBLISHED: "done",
        ListingStatus.PAUSED: "draft",
        ListingStatus.ARCHIVED: "draft",
    }
    return looks[listing.status], status_label(listing.status)


def withheld_label(reason: WithheldReason) -> str:
    return {
        WithheldReason.SEALED: gettext("封存，不对外"),
        WithheldReason.REPAIR: gettext("维修中，不对外"),
        WithheldReason.LENT: gettext("已外借，不对外"),
        WithheldReason.INACTIVE: gettext("停用，不对外"),
        WithheldReason.HIDDEN_ROW: gettext("台账中隐藏，不对外"),
        WithheldReason.SCRAPPED: gettext("已报废"),
        WithheldReason.OWNER: gettext("自用，不对外"),
    }[reason]


def unit_status_label(status: UnitStatus) -> str:
    return {
        UnitStatus.IN_USE: gettext("在用"),
        UnitStatus.IDLE: gettext("闲置"),
        UnitStatus.SEALED: gettext("封存"),
        UnitStatus.REPAIR: gettext("维修"),
        UnitStatus.LENT: gettext("外借"),
        UnitStatus.SCRAPPED: gettext("报废"),
    }[status]


def operator_label(terms: OperatorTerms) -> str:
    return {
        OperatorTerms.INCLUDED: gettext("含操作员"),
        OperatorTerms.REQUIRED: gettext("必须由本企业操作员操作，另计费"),
        OperatorTerms.OPTIONAL: gettext("可请操作员，另计费"),
        OperatorTerms.OWN: gettext("由使用方自带操作员"),
    }[terms]


def delivery_label(terms: DeliveryTerms) -> str:
    return {
        DeliveryTerms.ON_SITE: gettext("到厂使用"),
        DeliveryTerms.PICKUP: gettext("自提"),
        DeliveryTerms.DELIVERED: gettext("送货上门"),
    }[terms]


def approval_label(approval: Approval, grade: str | None = None) -> str:
    return {
        Approval.INSTANT: gettext("立即确认"),
        Approval.BY_OWNER: gettext("由本企业逐单确认"),
        Approval.INSTANT_FROM_GRADE: gettext("信用 %(grade)s 级以上立即确认", grade=grade or "B"),
    }[approval]
