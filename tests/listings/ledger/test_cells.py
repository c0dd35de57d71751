"""What clerks write in one cell, and what it means."""

from datetime import date

import pytest

from marketplace.listings.ledger.cells.amounts import BadAmount, BadPrice, parse_rates, parse_value, read_rate_header
from marketplace.listings.ledger.cells.asset_numbers import BadRange, Damaged, parse_asset_numbers
from marketplace.listings.ledger.cells.counts import BadQuantity, parse_count
from marketplace.listings.ledger.cells.dates import BadDate, column_is_day_first, is_future, parse_date
from marketplace.listings.ledger.cells.plain import is_ditto, is_unknown
from marketplace.listings.ledger.cells.states import read_bracketed, read_remark, read_state
from marketplace.listings.ledger.files.number_formats import as_shown, serial_date
from marketplace.listings.ledger.tables.headers import meaning_of
from marketplace.listings.ledger.tables.machines import is_no_machine


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2021.3", "2021-03"),
        ("2021", "2021"),
        ("2021-03-15", "2021-03-15"),
        ("20210315", "2021-03-15"),
        ("202103", "2021-03"),
        ("2021年3月15日", "2021-03-15"),
        ("2021年3月份", "2021-03"),
        ("21.3", "2021-03"),
        ("98.5.6", "1998-05-06"),
        ("3/15/2021", "2021-03-15"),
        ("15/3/2021", "2021-03-15"),
        ("5/6/2021", "2021"),
        ("44197", "2021-01-01"),
        ("2021/3/5 10:20:30", "2021-03-05"),
        ("15-Mar-2021", "2021-03-15"),
        ("二〇二一年三月", "2021-03"),
        ("约2015年", "2015"),
        ("2021年初", "2021"),
        ("2021.12.1（入厂）", "2021-12-01"),
        ("0", None),
        ("1900-01-00", None),
    ],
)
def test_dates_keep_the_precision_of_the_clerk(text: str, iso: str | None) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize("text", ["去年", "2021.13", "2021-02-30", "3月", "2020-2021", "12345678", "1-2-3", "见附件"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        parse_date(text)


def test_a_column_tells_day_from_month() -> None:
    assert column_is_day_first(["5/6/2021", "31/12/2020"]) is True
    assert column_is_day_first(["5/6/2021", "12/31/2020"]) is False
    assert column_is_day_first(["5/6/2021"]) is None
    assert parse_date("5/6/2021", day_first=True) == "2021-06-05"


def test_this_month_and_this_year_are_not_the_future() -> None:
    today = date(2026, 11, 23)
    assert [is_future(iso, today) for iso in ("2026-11-24", "2026-11-23", "2026-12", "2026-11", "2027", "2026")] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]


def test_both_date_systems_of_spreadsheets() -> None:
    assert serial_date(59, "day", epoch_1904=False) == "1900-02-28"
    assert serial_date(61, "day", epoch_1904=False) == "1900-03-01"
    assert serial_date(44197, "day", epoch_1904=False) == "2021-01-01"
    assert serial_date(42735, "day", epoch_1904=True) == "2021-01-01"
    assert as_shown("44197", 'yyyy"年"m"月"', epoch_1904=False) == ("d", "2021-01")
    assert as_shown("44197", "yyyy", epoch_1904=False) == ("d", "2021")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("12", "00000", "00012"),
        ("0.85", "0%", "85%"),
        ("600", '0"mm"', "600mm"),
        ("12", '"SB"0000', "SB0012"),
        ("678.17999999999995", None, "678.18"),
        ("202101010001", None, "202101010001"),
        ("2021.1", "0.00", "2021.10"),
        ("1200", "#,##0.00", "1200"),
    ],
)
def test_numbers_are_read_as_their_format_shows_them(value: str, code: str | None, text: str) -> None:
    assert as_shown(value, code, epoch_1904=False)[1] == text


@pytest.mark.parametrize(
    ("text", "count", "numbers"),
    [
        ("A001~A003", None, ["A001", "A002", "A003"]),
        ("A001～3", 3, ["A001", "A002", "A003"]),
        ("A001-A003", None, ["A001", "A002", "A003"]),
        ("EQ-2021-X010-EQ-2021-X012", None, ["EQ-2021-X010", "EQ-2021-X011", "EQ-2021-X012"]),
        ("A001-003", 3, ["A001", "A002", "A003"]),
        ("A001-003", None, ["A001-003"]),
        ("JC001-001", 1, ["JC001-001"]),
        ("A001、002、003", None, ["A001", "A002", "A003"]),
        ("A-01/02/03", None, ["A-01", "A-02", "A-03"]),
        ("SB/2021/001", None, ["SB/2021/001"]),
        ("A001~A003（3台）", None, ["A001", "A002", "A003"]),
        ("GDZC20210001至GDZC20210002", None, ["GDZC20210001", "GDZC20210002"]),
        ("1#-3#", None, ["1#", "2#", "3#"]),
        ("CNC-001 CNC-002", None, ["CNC-001", "CNC-002"]),
        ("A 001", None, ["A 001"]),
        ("ＡＢ０１", None, ["AB01"]),
    ],
)
def test_asset_numbers_are_counted_out(text: str, count: int | None, numbers: list[str]) -> None:
    assert list(parse_asset_numbers(text, count=count).numbers) == numbers


@pytest.mark.parametrize("text", ["A005~A001", "A001~B005", "A001~", "A001等5台", "A1~A9999", "A001~A002~A003"])
def test_ranges_that_cannot_be_counted_out_are_refused(text: str) -> None:
    with pytest.raises(BadRange):
        parse_asset_numbers(text)


@pytest.mark.parametrize("text", ["2.02E+11", "1.2345e+15", "3-Jan", "Mar-05", "3月1日", "#######"])
def test_numbers_that_a_spreadsheet_destroyed_are_told(text: str) -> None:
    with pytest.raises(Damaged):
        parse_asset_numbers(text)


@pytest.mark.parametrize(
    ("text", "count"), [("3", 3), ("３台", 3), ("两台", 2), ("十二", 12), ("1 set", 1), ("2.0", 2), ("1,200", 1200)]
)
def test_counts(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["若干", "0", "-1", "1.5", "1+1", "一批", "abc", "99999999"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(BadQuantity):
        parse_count(text)


@pytest.mark.parametrize(
    ("text", "header", "rates"),
    [
        ("120元/小时", "", "120/hour"),
        ("80元/小时，500元/天", "", "80/hour; 500/day"),
        ("工作日100元/小时；节假日150元/小时(含人工)", "", "100/hour 工作日; 150/hour 节假日，含人工"),
        ("1,200", "租金（元/天）", "1200/day"),
        ("25元/㎡·月", "", "25/m2_month"),
        ("600元/台·月", "", "600/machine_month"),
        ("1.2万元/月", "", "12000/month"),
        ("200元/台班", "", "200/shift"),
        ("日租金：500元", "", "500/day"),
        ("2000元/月，押金5000元", "", "2000/month 押金5000元"),
        ("80元/小时（不足1小时按1小时计）", "", "80/hour 不足1小时按1小时计"),
        ("300元/样起", "", "300/sample 起"),
        ("面议", "租金（元/天）", ""),
        ("0", "租金（元/天）", ""),
    ],
)
def test_rates(text: str, header: str, rates: str) -> None:
    read = parse_rates(text, read_rate_header(header))
    assert (
        "; ".join(f"{p.amount.normalize():f}/{p.per}" + (f" {p.condition}" if p.condition else "") for p in read)
        == rates
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [("80-120元/小时", ""), ("200", ""), ("-5", "元/小时"), ("看情况定价格是多少再说", ""), ("15元/kg", "元/天")],
)
def test_indefinite_prices_are_refused(text: str, header: str) -> None:
    with pytest.raises(BadPrice):
        parse_rates(text, read_rate_header(header))


@pytest.mark.parametrize(
    ("text", "header", "value"),
    [
        ("12.5", "原值(万元)", "125000 CNY"),
        ("12.5万元", "原值（元）", "125000 CNY"),
        ("125,000.00", "", "125000 CNY"),
        ("1.250.000,00", "", "1250000 CNY"),
        ("USD 30,000", "", "30000 USD"),
        ("十二万", "", "120000 CNY"),
        ("0", "", None),
        ("赠送", "", None),
    ],
)
def test_original_values(text: str, header: str, value: str | None) -> None:
    read = parse_value(text, header)
    assert (f"{read.amount.normalize():f} {read.currency}" if read else None) == value


@pytest.mark.parametrize("text", ["见合同", "约5-8万", "1O000", "-500"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_value(text, "原值")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("在用", "in_use"),
        ("闲置", "idle"),
        ("封存", "sealed"),
        ("停机待修", "repair"),
        ("外借", "lent"),
        ("租给宏大公司", "lent"),
        ("租入", "in_use"),
        ("可外租", "idle"),
        ("停用", "inactive"),
        ("待报废", "inactive"),
        ("未使用", "inactive"),
        ("Offline", "inactive"),
        ("Excellent", "in_use"),
        ("报废", "gone"),
        ("已售", "gone"),
        ("未报废", "in_use"),
        ("在用（2023年封存）", "sealed"),
        ("PrepHPLC", None),
    ],
)
def test_states(text: str, verdict: str | None) -> None:
    assert read_state(text) == verdict


def test_remarks_and_brackets_say_a_state_only_as_a_whole() -> None:
    assert read_remark("2023年6月报废") == "gone"
    assert read_remark("设备良好，已售") == "gone"
    assert read_remark("主轴于2021年报废更换") is None
    assert read_remark("报废年限10年") is None
    assert read_bracketed("磨床（已报废）") == "gone"
    assert read_bracketed("磨床（带报废品检测）") is None


@pytest.mark.parametrize("text", ["/", "无", "n/a", "NaN", "—", "不详", "？"])
def test_signs_of_nothing(text: str) -> None:
    assert is_unknown(text)


@pytest.mark.parametrize(
    ("text", "ditto"), [("同上", True), ("〃", True), ('"', True), ('24"', False), ("同步带轮", False)]
)
def test_ditto_marks(text: str, ditto: bool) -> None:
    assert is_ditto(text) is ditto


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("设备名称\nEquipment Name", "name"),
        ("*固定资产编号（必填）", "asset_number"),
        ("设 备\n编 号", "asset_number"),
        ("No.", "sequence"),
        ("单价（万元）", "original_value"),
        ("机时费（元/小时）", "price"),
        ("是否报废", "status_flag"),
        ("下次检定日期", "ignore"),
        ("出厂编号", "serial_number"),
        ("行程X/mm", "attribute:"),
        ("eus_instrument_name", "name"),
        ("天气", None),
    ],
)
def test_headers(header: str, field: str | None) -> None:
    found = meaning_of(header)
    assert (found.field if found else None) == field


@pytest.mark.parametrize(
    ("name", "rejected"),
    [
        ("主轴轴承", True),
        ("切削液", True),
        ("联想电脑", True),
        ("会议室", True),
        ("备件：刀库电机", True),
        ("压床", False),
        ("砂轮机", False),
        ("金属3D打印机", False),
        ("恒温恒湿空调机组", False),
        ("备用发电机组", False),
    ],
)
def test_what_is_no_machine(name: str, rejected: bool) -> None:
    assert is_no_machine(name, "", "", recognised=False) is rejected
