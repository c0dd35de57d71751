"""What a ledger says about a machine's state: in use, idle, withheld, or gone for good."""

import re
from enum import StrEnum
from functools import lru_cache

from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.outcome import Status


class Verdict(StrEnum):
    """`GONE` is scrapped, sold or disposed of: never offered. `INACTIVE` comes in withheld."""

    IN_USE = "in_use"
    IDLE = "idle"
    SEALED = "sealed"
    REPAIR = "repair"
    LENT = "lent"
    INACTIVE = "inactive"
    GONE = "gone"


NOT_GONE = re.compile(
    r"(?:未|没有?|不|非|无|尚未|禁止|达到|接近|not\s?)(?:被)?(?:报废|处置|出售|售出|淘汰)|报废年限|报废期限|可(?:出售|转让)|notscrapped|notsold"
)
SOON_GONE = re.compile(
    r"(?:待|拟|将|申请|建议|准备|预计|计划|等待|拟于|可)(?:报废|处置|处理|淘汰|出售|变卖|拆除|核销|退役|转让)|(?:报废|处置|核销|退役)(?:中|审批|申请|流程|待批|报批)|待售|forsale|tobescrapped|tobesold|tobedisposed"
)
REPAIRED = re.compile(r"(?:已|己)(?:修复|修好|维修好|排除)|(?:维修|修理|大修|检修)(?:完成|完毕|后正常|好)|repaired")
RENTED_IN = re.compile(r"(?:租入|借入|租用|融资租赁|租赁使用|leasedin|rentedin)")
TO_LET = re.compile(r"(?:可|待|拟|欲)(?:对?外)?(?:出租|外租|外借|借出|租赁|共享)|forrent|tolet")
NOT_IN_USE = re.compile(
    r"(?:非|不|未|没|没有|停止|暂停|暂不|已停|不再|notin|no longer|nolonger|not)(?:在)?(?:使用|用|启用|投用|投产|运行|安装|active|inuse|used|running|operational)|不在用|无法使用|不能使用|禁用"
)
WORDS: tuple[tuple[Verdict, re.Pattern[str]], ...] = (
    (
        Verdict.GONE,
        re.compile(
            r"报废|报损|作废|已售|售出|出售|已卖|卖出|卖掉|变卖|拍卖|转让|转卖|转出|处置|处理掉|已处理|调出|调拨出|已调拨|移交出|拆除|拆解|丢失|遗失|被盗|盘亏|毁损|灭失|注销|核销|销账|退役"
            r"|淘汰|已捐|捐出|退货|已退还|退回厂家|scrap|(?<![a-z])sold|dispos|retired|decommission|writtenoff|write-off|excessed|surplus|donated|(?<![a-z])lost|stolen|junked|discarded|verschrottet|verkauft"
        ),
    ),
    (Verdict.SEALED, re.compile(r"封存|封停|查封|sealed|mothball|inpreservation")),
    (
        Verdict.REPAIR,
        re.compile(
            r"维修|修理|待修|在修|检修|大修|中修|小修|抢修|送修|返修|返厂|故障|损坏|已坏|坏了|坏机|^坏$|异常|保养中|维护中|维保中|毁坏|失灵|瘫痪|(?:不能|无法)(?:开机|启动|运转|工作)|缺件|notworking|non-?working|non-?functional|needsrepair|^down$|repair|broken|maintenance|(?<![a-z])fault|outoforder|damaged|defect"
        ),
    ),
    (
        Verdict.LENT,
        re.compile(
            r"借出|外借|出借|租出|出租|外租|外协使用|借给|租给|在外|委外|外放|外驻|租赁中|出租中|外发|借用|被借|(?<![a-z])lent|onloan|loaned|rentedout|leasedout|hiredout"
        ),
    ),
    (
        Verdict.INACTIVE,
        re.compile(
            r"调拨[至到给往]|调往|调给|移交|停用|停机|停产|停运|停止|停役|停工|停放|暂停|不用|不需用|不启用|在建|待安装|待验收|调试中|已下线|下线|离线|关停|关机|断电|^停$|inactive|offline|disabled|outofservice|stopped|unused|suspended|withdrawn|shutdown|deactivated|outofuse|powereddown|^ng$|notgood|obsolete|instorage|instore"
        ),
    ),
    (Verdict.IDLE, re.compile(r"闲置|空闲|空置|备用|待用|待机|富余|^闲$|idle|spare|standby|available|vacant")),
    (
        Verdict.IN_USE,
        re.compile(
            r"在用|使用|正常|完好|良好|较好|运行|运转|启用|在线|投用|投产|在役|生产中|工作中|开机|开动|良|^好$|^优$|^用$|合格|可用|九成新|全新|active|inuse|running|operational|online|normal|good|^ok$|working|inservice|production|functional|excellent|^up$"
        ),
    ),
)
STATUSES = {
    Verdict.IN_USE: Status.IN_USE,
    Verdict.IDLE: Status.IDLE,
    Verdict.SEALED: Status.SEALED,
    Verdict.REPAIR: Status.REPAIR,
    Verdict.LENT: Status.LENT,
}


@lru_cache(maxsize=4096)
def read_state(text: str) -> Verdict | None:
    """The verdict of a status cell; of several words the one that keeps a machine out most; None for unknown words."""
    word = folded(text)
    if not word:
        return None
    soon = bool(SOON_GONE.search(word))
    word = NOT_GONE.sub("", SOON_GONE.sub("", word))
    word = RENTED_IN.sub("使用", word)
    word = REPAIRED.sub("正常", word)
    if TO_LET.search(word):
        return Verdict.IDLE
    not_in_use = bool(NOT_IN_USE.search(word))
    for verdict, pattern in WORDS:
        if verdict is Verdict.INACTIVE and (soon or not_in_use):
            return verdict
        if pattern.search(word):
            return verdict
    return Verdict.IN_USE if not word else None


REMARK_WHEN = r"(?:已|已经|现|现已|目前|于|该?设备|本机|整机|此机|机器|该机)*(?:(?:19|20)?\d\d[年./-](?:\d{1,2}(?:月|[./-]\d{1,2})?)?(?:\d{1,2}[日号])?(?:月)?)?(?:已|底|初|起)?"
REMARK_STATE = re.compile(
    rf"{REMARK_WHEN}(?P<state>待报废|拟报废|申请报废|报废|报废处理|待维修|待检修|待大修|在修|故障待修|故障停机|故障|损坏|检修中|停机检修|停产|出售|售出|售|卖出|卖掉|变卖|转让|处置|拆除|调出|丢失|盘亏|核销|淘汰|退役|封存|停用|停机|闲置|待修|送修|维修中|维修|大修中|返厂维修|返修|外借|借出|出借|租出|出租|scrapped|sold|disposed|retired|decommissioned|sealed|inactive|offline|outoforder|underrepair)"
    r"(?:中|待处理|待处置|待批|未处理|处理|处置|了|完毕|完成|给.{1,20}|至.{1,20}|到.{1,20}|\(.{1,20}\)|(?:(?:19|20)\d\d[年./-]?.{0,6})?)?"
)
CLAUSES = re.compile(r"[,;。.!！，；、\s]+")
BRACKETED = re.compile(r"[(\[【（<《](?P<state>[^)\]】）>》]{1,16})[)\]】）>》]")
BARE_STATE = re.compile(
    r"待报废|拟报废|已?报废|已售出?|已出售|已处置|已变卖|已转让|已?封存|已?停用|维修中?|待修|外借|已?借出|已?租出|闲置|scrapped|sold|disposed|excessed|sealed|inactive|offline|retired"
)


@lru_cache(maxsize=8192)
def read_remark(text: str) -> Verdict | None:
    """A verdict only when a whole clause says it: 已报废 does, 主轴于2021年报废更换 does not."""
    for clause in CLAUSES.split(text):
        word = folded(clause)
        match = REMARK_STATE.fullmatch(word) if len(word) <= 40 else None
        if match and not NOT_GONE.search(word):
            return read_state(match["state"]) or read_state(word)
    return None


@lru_cache(maxsize=8192)
def read_bracketed(text: str) -> Verdict | None:
    """What a name says in brackets: 数控车床（已报废）."""
    for match in BRACKETED.finditer(text):
        if BARE_STATE.fullmatch(folded(match["state"])):
            return read_state(match["state"])
    return None
