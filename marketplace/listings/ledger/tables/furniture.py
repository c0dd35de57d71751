"""Rows that are no machines and need no word: totals, signatures, notes, page ends, headings, empty forms."""

import re
from collections.abc import Mapping, Sequence

from marketplace.listings.ledger.cells.plain import folded, is_unknown
from marketplace.listings.ledger.files.sheets import Cell, CellKind

TOTAL = re.compile(
    r"(?:.{0,16}(?:小计|合计|总计|共计|累计数?)|本页小计|本页合计|过次页|承前页|转下页|接上页|接下页|续上页|总数|汇总)[:：]?(?:\(.*\))?(?:[\d,.]+(?:台套|台|套|件|个|元|万元)?)*"
    r"|(?:本页|全厂|总)?共(?:有|计)?[:：]?\d+(?:台套|台|套|件|项|条|行)(?:设备|机器|仪器)?.{0,20}"
    r"|(?:sub-?total|grandtotal|total|sum|totals|summe)[:：]?.{0,20}"
)
PAGE = re.compile(
    r"第?\d+页?[/,，、]?(?:共|of|/)\d+页?|第\d+页.*|page\d+.*|-\d+-|续[上前]?表\d*|续|\(续\)|见下页|(?:接|续|承)[上前]页|(?:转|接|过)下页"
)
DECORATION = "-—–~=*·•()（）【】[]"
NOTE = re.compile(
    r"(?:备?注|说明|注意|注意事项|填表说明|填写说明|填报说明|提示|要求|note|notes|remark|instructions?|hint)\d*[:：.].*|[※].*|[*＊]{1,3}[^\d].{8,}"
)
SIGNATURE = re.compile(
    r"(?:制表|制单|填表|填报|填制|编制|编写|审核|审批|批准|复核|核准|校对|会签|签字|签名|盖章|单位盖章|公章|负责人|部门负责人|主管|经办|经办人|盘点|监盘|保管|财务|设备科|设备部|资产管理员|统计|制作|录入|报表|会计|总经理|厂长|车间主任|日期|制表日期|填表日期|打印日期|打印时间|填报日期|编制日期|盘点日期|联系人|联系电话|电话|编制单位|填报单位|使用单位|单位名称|公司名称|企业名称|部门"
    r"|preparedby|approvedby|checkedby|reviewedby|signature|signed|date|printed|printedon)(?:人|者|员|签字|签名|单位)?(?:\(.{0,8}\))?[:：].*"
)
END = re.compile(
    r"以下空白|以下无正文|以下为空|此页以下空白|完|(?:end|endoflist|endofreport)|-+end-+|\*+end\*+|=+|-{3,}|\*{3,}|—+|此行无效|此行空白|作废|本行作废|空行"
)
HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．:：].*|[((][一二三四五六七八九十\d]{1,3}[))].*|第[一二三四五六七八九十\d]+(?:部分|类|章|节|车间|分厂|组|批|工段).*|[ivx]{1,4}[、.．].*|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ].*"
    r"|.*(?:类|类设备|设备类|车间|工段|分厂|厂区|部门|班组|区域|分公司|事业部|实验中心|设备清单|设备台账|设备一览表|台账|一览表|明细表|清单|登记表|汇总表)[:：]?(?:\(.*\))?"
    r"|.{2,}(?:公司|工厂|集团|设备部|设备科|动力部|资产部|财务部)(?:\(.*\))?|.*(?:盖章|签字|签名|签章).*"
    r"|.*(?:department|workshop|section)[:：]?|(?:section|group|department|workshop|area)[:： ].*|[a-z]区|[一二三四五六七八九十\d]+(?:楼|层|号楼|车间)[:：]?)"
)
SECTION_NUMBER = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?|[ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹivx]{1,4}[、.]?")
"""一 or II in the column of counters heads a section of rows."""
EXAMPLE = re.compile(
    r"(?:示例|样例|范例|填写示例|填表示例|举例)(?:行|数据)?(?:[:：].*)?|例[:：].*|(?:example|sample|e\.g\.?)(?:row)?(?:[:：].*)?"
)
HINTS = re.compile(
    r"必填|选填|可选|可填|文本|文字|数字|数值|日期|整数|小数|下拉选择|单选|多选|自动生成|不填|格式.*|yyyy.*|y{2,4}[-/.]m{1,2}.*|如[:：].*|例[:：].*|text|number|date|string|required|optional|mandatory|integer"
)


def is_total(texts: Sequence[str]) -> bool:
    """小计, 合计 or total in one of the first cells, with nothing but figures beside it."""
    words = [folded(text) for text in texts[:4] if text]
    return any(len(word) <= 40 and TOTAL.fullmatch(word) for word in words)


def is_page_mark(texts: Sequence[str]) -> bool:
    return (
        0 < len(texts) <= 3
        and any(PAGE.fullmatch(folded(text)) or PAGE.fullmatch(folded(text).strip(DECORATION)) for text in texts)
        and all(len(text) < 40 for text in texts)
    )


def is_signature(texts: Sequence[str]) -> bool:
    """制表：张三  审核：李四 — labels with a colon make up the row."""
    words = [folded(text) for text in texts]
    labelled = sum(1 for word in words if SIGNATURE.fullmatch(word) or word.endswith((":", "：")))
    bare = sum(1 for word in words if SIGNATURE.fullmatch(word + ":"))
    return (labelled > 0 or bare >= 2) and labelled + bare >= len(words) // 2 and len(words) <= 12


def is_note(texts: Sequence[str]) -> bool:
    first = folded(texts[0]) if texts else ""
    return bool(first) and len(texts) <= 2 and bool(NOTE.match(first))


def is_end_mark(texts: Sequence[str]) -> bool:
    return len(texts) <= 2 and bool(texts) and all(END.fullmatch(folded(text)) or is_unknown(text) for text in texts)


def is_heading(text: str) -> bool:
    """一、机加工设备, 注塑车间, A区: a caption between rows."""
    word = folded(text)
    return len(word) <= 40 and bool(HEADING.fullmatch(word))


def is_example(texts: Sequence[str]) -> bool:
    return any(EXAMPLE.fullmatch(folded(text)) for text in texts[:2])


def is_hint_row(texts: Sequence[str]) -> bool:
    """必填, 文本, yyyy-mm-dd below the header."""
    words = [folded(text).strip("()（）*") for text in texts]
    return len(words) >= 2 and sum(1 for word in words if HINTS.fullmatch(word)) >= max(2, len(words) * 2 // 3)


def is_numbering_row(cells: Mapping[int, Cell]) -> bool:
    """1 2 3 4 5 … or A B C D … or 甲 乙 丙 below the header: columns counted."""
    words = [folded(cells[column].text).strip("()（）①②") for column in sorted(cells)]
    if len(words) < 4:
        return False
    numbers = [int(word) for word in words if word.isascii() and word.isdigit()]
    if (
        len(numbers) >= len(words) - 3 >= 1
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] <= 3
        and len(numbers) >= 4
    ):
        return True
    return "".join(words) == "abcdefghijklmnopqrstuvwxyz"[: len(words)]


def is_all_figures(cells: Sequence[Cell]) -> bool:
    return all(
        cell.kind in {CellKind.NUMBER, CellKind.FORMULA}
        or re.fullmatch(r"[¥￥]?[\d,.\s]+(?:台|套|元|万元)?", cell.text)
        for cell in cells
    )
