"""Sentences for the refusals of credit."""

from marketplace.kernel.problems import Sentences
from marketplace.kernel.words import gettext

SENTENCES: Sentences = {
    "unknown_dimension": lambda _: gettext("这个角色没有这一项，请从列表里选。"),
    "not_a_share": lambda _: gettext("要填 0 到 1 之间的数。"),
    "evidence_differs": lambda _: gettext("同一件事已经记录过，内容不同；要改请用“更正”。"),
    "evidence_transition": lambda _: gettext("这条记录的状态刚刚变了，不能再做这一步，请刷新查看。"),
    "own_evidence": lambda _: gettext("这条记录是您录入的，要由另一位同事裁定。"),
    "own_decision": lambda _: gettext("第一次是您裁定的，复核要由另一位同事来做。"),
    "tied_to_party": lambda _: gettext("您是其中一家企业的成员，请交给没有关系的同事裁定。"),
    "objection_filed": lambda _: gettext("这条记录已经提过异议，请在异议里查看进度。"),
    "objection_too_late": lambda _: gettext("异议要在记录后 30 天内提出，已经过期；改正后可以申请信用修复。"),
    "objection_transition": lambda _: gettext("这份异议的状态刚刚变了，请刷新查看。"),
    "nothing_to_contest": lambda _: gettext("这条记录没有扣分，或已经不再计入，不用提异议。"),
    "mirrored_record": lambda _: gettext("公共信用记录照录自主管部门，请向认定机关提出，我们会转交。"),
    "nothing_to_repair": lambda _: gettext("这条记录还没生效，或已经不再计入，不用修复。"),
    "repair_too_early": lambda facts: gettext(
        "还不能修复：要满 %(days)s 天，并有 %(orders)s 笔之后的订单没有过失。",
        days=facts.get("days", 0),
        orders=facts.get("orders", 0),
    ),
    "repair_asked": lambda _: gettext("这条记录的修复申请正在等园区处理。"),
    "repair_decided": lambda _: gettext("这份修复申请已经处理过了。"),
    "anchor_named_meanwhile": lambda _: gettext("刚刚有同事提名了这家企业，请刷新后确认。"),
    "bad_review": lambda _: gettext("请给每一项打 1 到 5 星，文字最多 2000 字。"),
    "one_to_five": lambda _: gettext("请打 1 到 5 星。"),
    "unknown_criterion": lambda _: gettext("没有这一项，请按页面上的几项打分。"),
    "review_written": lambda _: gettext("这份订单您已经评价过了，评价不能再改。"),
    "bad_records_file": lambda _: gettext("这个文件不能导入，请看说明后换一个。"),
    "records_too_large": lambda _: gettext("文件超过 5 MB 或 2 万行，请分几次导入。"),
    "records_unknown_encoding": lambda _: gettext("读不出这个文件的文字，请另存为 UTF-8 或 GBK 编码的 CSV。"),
    "records_no_header": lambda _: gettext("第一行要有这些列：统一社会信用代码、文书号、机关、类别、公示日期。"),
    "records_empty_file": lambda _: gettext("这个文件是空的。"),
    "records_damaged_file": lambda _: gettext("这个 CSV 读到一半断了，请重新导出。"),
}
