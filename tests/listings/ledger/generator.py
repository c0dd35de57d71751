"""Ledgers drawn from a seed, messy as factories keep them, together with what must come out of them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.listings.ledger.writing import Page, Value, letter

TODAY = date(2026, 11, 23)
HEADERS = {
    "sequence": ["序号", "No.", "序 号", "行号"],
    "number": [
        "设备编号",
        "资产编号",
        "固定资产编号",
        "设备编码",
        "机台编号",
        "设备编号\nEquipment No.",
        "统一编号",
        "Asset No.",
        "资产编码*",
        "管理编号",
    ],
    "name": [
        "设备名称",
        "名称",
        "资产名称",
        "设备名称\nEquipment name",
        "机器名称",
        "仪器设备名称",
        "名  称",
        "*设备名称（必填）",
    ],
    "model": ["型号", "规格型号", "型号规格", "设备型号", "型号/规格", "Model 型号", "规格及型号"],
    "maker": ["生产厂家", "制造商", "厂家", "品牌", "生产厂商", "厂家/品牌", "Manufacturer"],
    "date": ["购置日期", "购入日期", "采购日期", "购买时间", "购置年月", "采购时间", "Purchase date 购置日期"],
    "place": ["存放地点", "安装地点", "使用地点", "放置位置", "所在位置", "存放位置"],
    "status": ["使用状态", "设备状态", "状态", "使用状况", "设备现状", "资产状态"],
    "quantity": ["数量", "台数", "数量（台）", "台套数", "Qty", "数量(台/套)"],
    "value": ["原值", "资产原值（元）", "购置价格(元)", "设备原值", "采购金额（元）"],
    "price": ["租金（元/小时）", "小时租金(元)", "对外收费标准（元/小时）", "机时费（元/小时）", "租赁价格（元/时）"],
    "keeper": ["责任人", "保管人", "使用部门负责人"],
    "remarks": ["备注", "备 注", "说明", "Remarks"],
    "travel": ["X轴行程(mm)", "X行程（mm）", "行程X/mm"],
    "speed": ["主轴转速(rpm)", "主轴最高转速（r/min）", "主轴转速 rpm"],
}
MILLS = [
    ("立式加工中心", "VMC850", "北京精雕"),
    ("立式加工中心", "VMC1160", "大连机床"),
    ("龙门加工中心", "GMC2518", "海天精工"),
    ("卧式加工中心", "HMC630", "沈阳机床"),
    ("五轴加工中心", "UCP600", "GF"),
]
OTHERS = [
    ("数控车床", "CK6140", "沈阳机床"),
    ("平面磨床", "M7130", "杭州机床"),
    ("摇臂钻床", "Z3050", "中捷"),
    ("注塑机", "HTF120", "海天"),
    ("数控折弯机", "WC67K-100", "亚威"),
    ("光纤激光切割机", "G3015", "大族"),
    ("三坐标测量机", "GLOBAL 575", "海克斯康"),
    ("万能材料试验机", "WDW-100", "济南试金"),
    ("回流焊", "RF-1020", "劲拓"),
    ("贴片机", "NXT III", "FUJI"),
    ("真空淬火炉", "WZC-60", "北京华翔"),
    ("螺杆空压机", "GA37", "阿特拉斯"),
    ("直读光谱仪", "SPECTRO MAXx", "斯派克"),
    ("气相色谱仪", "GC-2030", "岛津"),
    ("电动叉车", "CPD30", "杭叉"),
]
PAGE_MARKS = ["第1页 共3页", "第 2 页，共 5 页", "—— 续表 ——", "（续表）", "Page 2 of 7", "接上页", "- 3 -"]
CLOSINGS: list[tuple[Value, ...]] = [
    ("注：本表一式两份，设备部与财务部各执一份。",),
    ("制表：李娜", None, "审核：王强", None, "批准："),
    ("备注：封存设备已用黄色标注，以实物为准",),
    ("填表人：赵敏  联系电话：13800000000",),
    ("以下空白",),
    ("共12台",),
    ("XX公司设备部（盖章）",),
    (None, None, "2026年6月30日"),
    ("说明：1、数量以台计；2、原值为不含税价。",),
    ("编制", "张三", "审核", "李四"),
    ("本表由设备部每季度更新一次，如有变动请及时联系。",),
    ("Prepared by: Li Na", None, "Approved by: Wang"),
]
PLACES = ["一车间", "二车间A区", "机加车间", "3号厂房2楼", "检测中心101", "东区"]
BANNERS = ["设备台账", "XX机械有限公司生产设备一览表", "2026年固定资产清单", "EQUIPMENT LIST 设备清单"]


@dataclass
class Machine:
    """One row as it should be understood."""

    place: tuple[int, int]
    name: str
    numbers: list[str]
    quantity: int
    offered: bool = True


@dataclass
class Expected:
    machines: list[Machine] = field(default_factory=list)
    problems: set[tuple[int, int, str, str]] = field(default_factory=set)
    scrapped: set[str] = field(default_factory=set)


@dataclass
class Draft:
    """A sheet being written: fields in the order of its columns, and whether formatting can be used."""

    rng: random.Random
    formatted: bool
    page: Page
    fields: list[str]
    left: int
    index: int
    expected: Expected
    prefix: str
    count: int = 0
    above: dict[str, Value] = field(default_factory=dict)

    def column(self, name: str) -> str:
        return letter(self.left + self.fields.index(name) + 1)

    def write(self, cells: dict[str, Value]) -> int:
        self.page.rows.append([None] * self.left + [cells.get(name) for name in self.fields])
        return len(self.page.rows)

    def problem(self, row: int, name: str, code: str) -> None:
        self.expected.problems.add((self.index, row, self.column(name), code))


def generate(seed: int) -> tuple[list[Page], str, Expected]:
    """Sheets, the form to write them in, and the truth."""
    rng = random.Random(seed)
    form = rng.choice(
        [
            "xlsx",
            "xlsx",
            "xlsx",
            "ods",
            "xls",
            "csv:gb18030",
            "csv:utf-8-sig:;",
            "csv:utf-16:tab",
            "csv:utf-8",
            "html",
            "xml",
        ]
    )
    formatted = form in {"xlsx", "ods"}
    several = form in {"xlsx", "ods", "xls", "xml"} and rng.random() < 0.35
    expected = Expected()
    pages = [_sheet(rng, index, formatted=formatted, expected=expected) for index in range(2 if several else 1)]
    if formatted and rng.random() < 0.3:
        pages.append(_disposed(rng))
    return pages, form, expected


def _sheet(rng: random.Random, index: int, *, formatted: bool, expected: Expected) -> Page:
    page = Page(name=["设备台账", "仪器设备"][index])
    fields = [name for name in HEADERS if name in {"number", "name", "model"} or rng.random() < 0.7]
    if rng.random() < 0.5:
        head, tail = fields[:3], fields[3:]
        rng.shuffle(tail)
        fields = head + tail
    if rng.random() < 0.2 and "remarks" in fields:
        fields.insert(fields.index("remarks"), f"unknown{index}")
    draft = Draft(
        rng,
        formatted,
        page,
        fields,
        rng.choice([0, 0, 0, 1, 2]),
        index,
        expected,
        rng.choice(["SB-", "JX", "A", "EQ-2021-", "设备"]) + "XY"[index],
    )
    _furnish_top(draft)
    header = {name: rng.choice(HEADERS.get(name, ["内部字段"])) for name in fields}
    draft.write(header)
    if rng.random() < 0.12:
        hints = {"date": "yyyy-mm-dd", "value": "数字", "remarks": "选填"}
        draft.write({name: hints.get(name, "必填") for name in fields})
    elif rng.random() < 0.15:
        draft.write({name: str(position) for position, name in enumerate(fields, start=1)})
    for _ in range(rng.randint(6, 18)):
        _furnish_between(draft, header)
        rng.choice(ROWS)(draft)
    _furnish_bottom(draft)
    return page


def _disposed(rng: random.Random) -> Page:
    rows: list[list[Value]] = [["编号", "名称", "型号"]]
    rows += [[f"OLD-{n}", rng.choice(OTHERS)[0], "旧"] for n in range(3)]
    return Page(name=rng.choice(["已处置", "报废设备", "2020年报废"]), rows=rows, hidden=True)


def _furnish_top(draft: Draft) -> None:
    rng = draft.rng
    if rng.random() < 0.6:
        draft.page.rows.append([None] * draft.left + [rng.choice(BANNERS)])
        if draft.formatted and len(draft.fields) > 2:
            row = len(draft.page.rows)
            draft.page.merges.append(f"{letter(draft.left + 1)}{row}:{letter(draft.left + len(draft.fields))}{row}")
    if rng.random() < 0.3:
        draft.page.rows.append([None] * draft.left + ["编制单位：设备动力部", None, None, "日期：2026年3月"])
    if rng.random() < 0.15:
        draft.page.rows.append([None] * draft.left + ["填表说明：1.日期写到月即可 2.一台一行 3.报废设备请注明"])
    if rng.random() < 0.2:
        draft.page.rows.append([])


def _furnish_between(draft: Draft, header: dict[str, str]) -> None:
    rng = draft.rng
    chance = rng.random()
    if chance < 0.05:
        draft.page.rows.append([])
    elif chance < 0.08:
        draft.write(dict(header))
    elif chance < 0.12:
        draft.page.rows.append(
            [None] * draft.left + [rng.choice(["一、机加工设备", "二、检测仪器", "（三）辅助设备", "冲压车间："])]
        )
    elif chance < 0.15:
        draft.write({draft.fields[0]: "小计", "quantity": 5, "value": 123456})
    elif chance < 0.20:
        draft.page.rows.append([None] * (draft.left + rng.choice([0, 1, 3])) + [rng.choice(PAGE_MARKS)])
    elif chance < 0.23:
        draft.write({"sequence": draft.count + 1, "quantity": 1} if "sequence" in draft.fields else {"status": "在用"})


def _furnish_bottom(draft: Draft) -> None:
    rng = draft.rng
    if rng.random() < 0.4:
        draft.write({draft.fields[0]: rng.choice(["合计", "总计", "合  计"]), "quantity": 99, "value": 9999999})
    for closing in rng.sample(CLOSINGS, rng.randint(0, 4)):
        draft.page.rows.append([None] * (draft.left + rng.choice([0, 0, 1, 2, 3])) + list(closing))


def _machine(draft: Draft) -> dict[str, Value]:
    """A faultless row with a name of its own, so that rows do not join unless they shall."""
    rng = draft.rng
    draft.count += 1
    milling = "travel" in draft.fields or "speed" in draft.fields
    name, model, maker = rng.choice(MILLS if milling else MILLS + OTHERS)
    day = date(2005, 1, 1) + timedelta(days=rng.randrange(7600))
    return {
        "sequence": draft.count,
        "number": f"{draft.prefix}{draft.count:03d}",
        "name": name,
        "model": f"{model}-{draft.index}{draft.count}",
        "maker": maker,
        "date": rng.choice(
            [
                day,
                f"{day.year}.{day.month}.{day.day}",
                f"{day.year}年{day.month}月",
                str(day.year),
                f"{day.year}/{day.month}/{day.day}",
                day.isoformat(),
            ]
        ),
        "place": rng.choice(PLACES),
        "status": rng.choice(["在用", "使用中", "正常", "完好", "闲置", "备用"]),
        "quantity": rng.choice([1, "1", "1台", None]),
        "value": rng.choice([120000, "85,000.00", "￥36000", "12.5万元", None]),
        "price": rng.choice([80, "120", "面议", None, "100元/小时"]),
        "keeper": "张三",
        "remarks": rng.choice([None, None, "带第四轴", "2020年大修过，现状良好", "进口"]),
        "travel": rng.choice([850, "1000", "1.1m", "８００", None, "/"]),
        "speed": rng.choice([8000, "12000", "60~8000", "1.2万", "10,000", None]),
    }


def _keep(
    draft: Draft, cells: dict[str, Value], *, offered: bool = True, quantity: int = 1, numbers: list[str] | None = None
) -> int:
    row = draft.write(cells)
    given = numbers if numbers is not None else [str(cells["number"])]
    draft.expected.machines.append(Machine((draft.index, row), str(cells["name"]), given, quantity, offered))
    return row


def plain(draft: Draft) -> None:
    _keep(draft, _machine(draft))


def ditto(draft: Draft) -> None:
    _keep(draft, _machine(draft))
    cells = _machine(draft)
    for name in ("maker", "place"):
        cells[name] = draft.rng.choice(["同上", "〃", '"'])
    _keep(draft, cells)


def several(draft: Draft) -> None:
    cells = _machine(draft)
    count = draft.rng.randint(2, 6)
    draft.count += count - 1
    first = draft.count - count + 1
    numbers = [f"{draft.prefix}{number:03d}" for number in range(first, first + count)]
    sign = draft.rng.choice(["~", "～", "至", "-", " ~ "])
    told = count
    cells |= {"number": f"{numbers[0]}{sign}{numbers[-1]}", "quantity": f"{count}台"}
    wrong = "quantity" in draft.fields and draft.rng.random() < 0.3
    if wrong:
        told = count + draft.rng.choice([-1, 1, 3])
        cells["quantity"] = max(told, 1)
    row = _keep(draft, cells, quantity=count, numbers=numbers)
    if wrong:
        draft.problem(row, "quantity", "quantity_mismatch")


def backwards(draft: Draft) -> None:
    cells = _machine(draft)
    cells |= {"number": f"{draft.prefix}{draft.count + 500}~{draft.prefix}{draft.count + 400}", "quantity": 1}
    row = _keep(draft, cells, numbers=[])
    draft.problem(row, "number", "bad_asset_range")


def gone(draft: Draft) -> None:
    cells = _machine(draft)
    rng = draft.rng
    if "status" in draft.fields and rng.random() < 0.7:
        cells["status"] = rng.choice(["报废", "已报废", "已售", "报废（2023年）", "已处置", "变卖"])
        row = draft.write(cells)
        draft.problem(row, "status", "scrapped")
    elif "remarks" in draft.fields:
        cells["remarks"] = rng.choice(["已报废", "2022年6月报废", "已售", "于2021年报废"])
        row = draft.write(cells)
        draft.problem(row, "remarks", "scrapped")
    elif draft.formatted:
        row = draft.write(cells)
        draft.page.struck.append(f"{letter(draft.left + 1)}{row}:{letter(draft.left + len(draft.fields))}{row}")
        draft.problem(row, "name", "scrapped")
    else:
        return
    draft.expected.scrapped.add(str(cells["number"]))


def withheld(draft: Draft) -> None:
    cells = _machine(draft)
    if "status" in draft.fields:
        word = draft.rng.choice(["封存", "维修中", "待修", "外借", "借出", "停用", "停机", "停用"])
        cells["status"] = word
        row = _keep(draft, cells, offered=False)
        if word in {"停用", "停机"}:
            draft.problem(row, "status", "inactive")
    elif draft.formatted:
        row = _keep(draft, cells, offered=False)
        draft.page.hidden_rows.append(row)


def faulty(draft: Draft) -> None:
    rng = draft.rng
    faults: list[tuple[str, Value, str]] = [
        ("date", rng.choice(["去年", "2021.13", "2019-02-30", "二月份", "20年前"]), "bad_date"),
        ("date", rng.choice(["2031-05-01", "2027年3月", date(2029, 1, 1), "2028"]), "future_date"),
        ("quantity", rng.choice(["若干", 0, "-1", "1.5", "一批"]), "bad_quantity"),
        ("price", rng.choice(["80-120", "-30", "看情况定"]), "bad_price"),
        ("value", rng.choice(["见合同", "十几万", "约5-8万", "1O000"]), "bad_number"),
        ("travel", rng.choice(["八百", "很长", "8OO"]), "bad_number"),
        ("travel", rng.choice(["500kg", "30kW"]), "bad_unit"),
        ("speed", rng.choice(["快", "abc"]), "bad_number"),
    ]
    known = [fault for fault in faults if fault[0] in draft.fields]
    if not known:
        return plain(draft)
    name, text, code = rng.choice(known)
    cells = _machine(draft)
    cells[name] = text
    row = _keep(draft, cells)
    return draft.problem(row, name, code)


def nameless(draft: Draft) -> None:
    cells = _machine(draft)
    cells["name"] = draft.rng.choice([None, "/", "-"])
    row = draft.write(cells)
    draft.problem(row, "name", "missing_name")


def damaged(draft: Draft) -> None:
    cells = _machine(draft)
    cells["number"] = draft.rng.choice(["2.02E+11", "1.23457E+14", "3.3E+10"])
    row = _keep(draft, cells, numbers=[])
    draft.problem(row, "number", "damaged_number")


def doubled(draft: Draft) -> None:
    cells = _machine(draft)
    _keep(draft, cells)
    number = str(cells["number"])
    again = dict(cells)
    again["number"] = draft.rng.choice(
        [
            number,
            number.lower(),
            f" {number} ",
            "".join(chr(ord(m) + 0xFEE0) if m.isalnum() and m.isascii() else m for m in number),
        ]
    )
    row = draft.write(again)
    draft.problem(row, "number", "duplicate_in_file")


def clashing(draft: Draft) -> None:
    cells = _machine(draft)
    _keep(draft, cells)
    other = _machine(draft)
    other |= {"number": cells["number"], "name": "牛头刨床", "model": "B665", "maker": "旧厂"}
    row = draft.write(other)
    draft.problem(row, "number", "asset_number_conflict")


def no_machine(draft: Draft) -> None:
    cells = _machine(draft)
    cells |= {
        "name": draft.rng.choice(["主轴轴承", "切削液", "办公桌", "备件：刀库电机", "会议室", "刀片一批", "液压油"]),
        "model": None,
        "travel": None,
        "speed": None,
    }
    row = draft.write(cells)
    draft.problem(row, "name", "not_a_listing")


def broken_formula(draft: Draft) -> None:
    cells = _machine(draft)
    name = draft.rng.choice([name for name in ("maker", "value", "date", "model") if name in draft.fields])
    cells[name] = draft.rng.choice(["#REF!", "#N/A", "#VALUE!"])
    row = _keep(draft, cells)
    draft.problem(row, name, "formula_error")


ROWS: list[Callable[[Draft], None]] = [
    *[plain] * 8, ditto, ditto, several, several, backwards, gone, gone, withheld, withheld, faulty, faulty, faulty,
    nameless, damaged, doubled, clashing, no_machine, broken_formula,
]  # fmt: skip
