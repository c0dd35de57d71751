"""The trail in words: what was done, to what, and what it changed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.kernel.audit import AuditRow
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.office.trail import Act
from marketplace.ui import formats
from marketplace.ui.filters import reader_locale, reader_zone

Words = Mapping[str, Callable[[], str]]

SUBJECTS: Words = {
    "enterprise": lambda: gettext("企业"),
    "member": lambda: gettext("成员"),
    "invitation": lambda: gettext("邀请"),
    "user": lambda: gettext("账号"),
    "session": lambda: gettext("登录"),
    "token": lambda: gettext("令牌"),
    "listing": lambda: gettext("供给"),
    "import": lambda: gettext("导入"),
    "type": lambda: gettext("资源类型"),
    "booking": lambda: gettext("预订"),
    "blackout": lambda: gettext("停用"),
    "holiday": lambda: gettext("节假日"),
    "calendar_feed": lambda: gettext("日历订阅"),
    "order": lambda: gettext("订单"),
    "demand": lambda: gettext("需求"),
    "job": lambda: gettext("后台任务"),
    "park": lambda: gettext("园区设置"),
    "credit_evidence": lambda: gettext("信用记录"),
}
ACTIONS: Words = {
    "applied": lambda: gettext("提交申请"),
    "admitted": lambda: gettext("准入"),
    "refused": lambda: gettext("不通过"),
    "suspended": lambda: gettext("暂停"),
    "left": lambda: gettext("退出园区"),
    "created": lambda: gettext("新建"),
    "edited": lambda: gettext("修改"),
    "changed": lambda: gettext("修改"),
    "active": lambda: gettext("同意加入"),
    "join_requested": lambda: gettext("申请加入"),
    "joined": lambda: gettext("加入"),
    "invited": lambda: gettext("邀请"),
    "made": lambda: gettext("新建"),
    "revoked": lambda: gettext("撤销"),
    "lifted": lambda: gettext("撤销"),
    "shortened": lambda: gettext("提前归还"),
    "set": lambda: gettext("修改"),
    "removed": lambda: gettext("移除"),
    "password_changed": lambda: gettext("改密码"),
    "run_again": lambda: gettext("再跑一次"),
    "arranged": lambda: gettext("改对接与免审"),
    "two_factor_enabled": lambda: gettext("开启两步验证"),
    "two_factor_reset": lambda: gettext("重置两步验证"),
    "recovery_codes_renewed": lambda: gettext("换新恢复码"),
    "moved_to_draft": lambda: gettext("退回草稿"),
    "moved_to_in_review": lambda: gettext("提交审核"),
    "moved_to_published": lambda: gettext("上线"),
    "moved_to_paused": lambda: gettext("暂停"),
    "moved_to_archived": lambda: gettext("归档"),
    "priced": lambda: gettext("改价格"),
    "withheld": lambda: gettext("不对外提供"),
    "units_changed": lambda: gettext("改台数"),
    "started": lambda: gettext("开始"),
    "mapped": lambda: gettext("对应列"),
    "done": lambda: gettext("完成"),
    "agreed": lambda: gettext("达成约定"),
    "taken": lambda: gettext("占用时间"),
    "moved": lambda: gettext("改时间"),
    "placed": lambda: gettext("下单"),
    "requested": lambda: gettext("提出"),
    "approved": lambda: gettext("同意"),
    "declined": lambda: gettext("婉拒"),
    "cancelled": lambda: gettext("取消"),
    "completed": lambda: gettext("完成"),
    "expired": lambda: gettext("过期"),
    "held": lambda: gettext("暂留"),
    "confirmed": lambda: gettext("确认"),
    "released": lambda: gettext("放开"),
    "recorded": lambda: gettext("记下"),
}
FIELDS: Words = {
    "status": lambda: gettext("状态"),
    "reason": lambda: gettext("理由"),
    "role": lambda: gettext("角色"),
    "email": lambda: gettext("邮箱"),
    "name": lambda: gettext("名称"),
    "name_zh": lambda: gettext("中文名称"),
    "name_en": lambda: gettext("英文名称"),
    "scopes": lambda: gettext("权限"),
    "officer": lambda: gettext("对接专人"),
    "publishes_unreviewed": lambda: gettext("免审发布"),
    "time_zone": lambda: gettext("时区"),
    "payment_required": lambda: gettext("先付款"),
    "duties": lambda: gettext("分工"),
    "title": lambda: gettext("名称"),
    "title_zh": lambda: gettext("中文名称"),
    "title_en": lambda: gettext("英文名称"),
    "number": lambda: gettext("编号"),
    "total": lambda: gettext("合计"),
    "code": lambda: gettext("代码"),
    "start": lambda: gettext("开始"),
    "end": lambda: gettext("结束"),
    "quantity": lambda: gettext("台数"),
    "units": lambda: gettext("台数"),
    "attributes": lambda: gettext("参数"),
    "type_code": lambda: gettext("资源类型"),
    "withheld_reason": lambda: gettext("不对外提供"),
    "filename": lambda: gettext("文件"),
    "state": lambda: gettext("状态"),
    "zones": lambda: gettext("功能区"),
    "departments": lambda: gettext("部门"),
    "holidays": lambda: gettext("节假日"),
    "dimension": lambda: gettext("评价方面"),
}
VALUES: Words = {
    "applied": lambda: gettext("等待审核"),
    "admitted": lambda: gettext("已准入"),
    "refused": lambda: gettext("未通过"),
    "suspended": lambda: gettext("已暂停"),
    "left": lambda: gettext("已退出"),
    "draft": lambda: gettext("草稿"),
    "in_review": lambda: gettext("待审"),
    "published": lambda: gettext("已上线"),
    "paused": lambda: gettext("已暂停"),
    "archived": lambda: gettext("已归档"),
    "requested": lambda: gettext("等供方答复"),
    "awaiting_payment": lambda: gettext("等付款"),
    "active": lambda: gettext("已约定"),
    "completed": lambda: gettext("已完成"),
    "declined": lambda: gettext("供方未接受"),
    "expired": lambda: gettext("已失效"),
    "cancelled": lambda: gettext("已取消"),
    "held": lambda: gettext("暂留"),
    "confirmed": lambda: gettext("确认"),
    "released": lambda: gettext("放开"),
    "owner": lambda: gettext("负责人"),
    "operator": lambda: gettext("设备与业务"),
    "finance": lambda: gettext("财务"),
    "True": lambda: gettext("是"),
    "False": lambda: gettext("否"),
    "None": lambda: "—",
    "": lambda: "—",
}
DIMENSIONS: Words = {
    "handover": lambda: gettext("按时交接"),
    "quality": lambda: gettext("一次验收合格"),
    "completion": lambda: gettext("接单都做完"),
    "disputes": lambda: gettext("没有争议"),
    "reviews": lambda: gettext("对方好评"),
    "payment": lambda: gettext("按时付款"),
    "deposit": lambda: gettext("完好归还"),
    "cancellation": lambda: gettext("如约使用"),
}
LONGEST_VALUE = 120
MONEY_FIELDS = frozenset({"total", "cancellation_amount"})
UNTOLD = frozenset({"rate_plan_id", "enterprise_id", "version", "x"})
"""Fields that only the product reads: the act itself says what happened."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an act changed, as words; an empty `before` means there was none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act as its reader sees it."""

    row: AuditRow
    who: str
    firm: str
    what: str
    subject_kind: str
    changes: tuple[Change, ...]


def line_of(act: Act, locale: str) -> ActLine:
    row = act.row
    noun, _, verb = row.action.partition(".")
    kind = row.subject.partition(":")[0]
    return ActLine(
        row=row,
        who=gettext("系统") if row.actor_name in {"", "system"} else row.actor_name,
        firm=act.firm.name(locale) if act.firm else "",
        what=f"{_word(SUBJECTS, noun)} · {_word(ACTIONS, verb)}",
        subject_kind=_word(SUBJECTS, kind),
        changes=tuple(changes_of(row.before, row.after)),
    )


def changes_of(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """The fields that differ; an act that only tells what came to be lists all of it."""
    old, new = before or {}, after or {}
    names = [*new, *(name for name in old if name not in new)]
    return [
        Change(_word(FIELDS, name), _shown(name, old[name]) if name in old else "", _shown(name, new.get(name)))
        for name in names
        if name not in UNTOLD and (old.get(name) != new.get(name) or name not in old)
    ]


def said(changes: tuple[Change, ...]) -> str:
    """All changes in one line, for a file."""
    return "; ".join(
        f"{one.field}: {one.before} → {one.after}" if one.before else f"{one.field}: {one.after}" for one in changes
    )


def _word(words: Words, name: str) -> str:
    return words[name]() if name in words else name.replace("_", " ")


def _shown(name: str, value: Any) -> str:
    if name in MONEY_FIELDS and isinstance(value, int):
        return formats.money(value)
    if name == "attributes" and isinstance(value, dict):
        return _attributes(value)  # pyright: ignore[reportUnknownArgumentType]
    if name == "dimension":
        return _word(DIMENSIONS, str(value))
    if name == "type_code" and value in load_catalogue().types:
        kind = load_catalogue().types[value]
        return kind.zh if formats.is_chinese(reader_locale()) else kind.en
    return _value(value)


def _attributes(given: Mapping[str, Any]) -> str:
    """Which attributes were given; what they say stands on the listing."""
    chinese, known = formats.is_chinese(reader_locale()), load_catalogue().attributes
    names = [(known[code].zh if chinese else known[code].en) if code in known else code for code in given]
    return ("、" if chinese else ", ").join(names) or "—"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value[:20])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, dict):
        return ", ".join(f"{_word(FIELDS, str(key))} {_value(one)}" for key, one in list(value.items())[:20])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    text = str(value)
    if MOMENT.fullmatch(text):
        return formats.moment(datetime.fromisoformat(text), reader_locale(), reader_zone())
    return VALUES[text]() if text in VALUES else text[:LONGEST_VALUE]
