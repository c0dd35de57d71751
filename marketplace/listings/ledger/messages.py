"""Every problem in the factory's own words: what is wrong, where, what to do."""

from collections.abc import Mapping

from marketplace.listings.ledger.outcome import Code, LedgerMessage

ZH: Mapping[Code, str] = {
    Code.BAD_DATE: "“{header}”里的“{text}”不是能读懂的日期，本行不带日期导入。请写成 2021-03-15、2021-03 或 2021。",
    Code.FUTURE_DATE: "“{header}”里的“{text}”晚于今天，本行不带日期导入。请核对年份。",
    Code.BAD_NUMBER: "“{header}”里的“{text}”不是能读懂的数值，本行不带此项导入。请只写数字和单位，例如 800 mm。",
    Code.BAD_UNIT: "“{header}”里的“{text}”单位与此项不符，本行不带此项导入。请改用合适的单位。",
    Code.BAD_PRICE: "“{header}”里的“{text}”不是明确的价格，本行不带此价格导入。请写金额和计价单位，例如 120元/小时；未定价写“面议”。",
    Code.BAD_QUANTITY: "“{header}”里的“{text}”不是能读懂的台数，本行按编号个数或一台导入。请写整数，例如 2。",
    Code.QUANTITY_MISMATCH: "数量写的是 {text}，编号却有 {found} 个，按编号导入 {found} 台。请核对数量和编号。",
    Code.BAD_ASSET_RANGE: "编号“{text}”无法逐台展开，本行不带编号导入。请写成 A001~A005，或用顿号逐个列出。",
    Code.DUPLICATE_IN_FILE: "“{text}”与第 {other} 行是同一台设备，本行不再重复导入。",
    Code.ASSET_NUMBER_CONFLICT: "编号“{text}”已被第 {other} 行的另一台设备占用，本行未导入。请更正其中一个编号。",
    Code.MISSING_NAME: "本行有设备信息但没有名称，未导入。请补上设备名称。",
    Code.DAMAGED_NUMBER: "“{text}”已被电子表格改写，原编号无法还原，本行不带此编号导入。请把该列设为文本格式后重填。",
    Code.FORMULA_ERROR: "“{header}”的公式出错（{text}），此单元格未读取。请改成具体数值或文字。",
    Code.SCRAPPED: "台账写明“{text}”，已报废、售出或处置的设备不发布。",
    Code.INACTIVE: "台账写明“{text}”，设备不在用：先收入草稿，不对外提供。",
    Code.NOT_A_LISTING: "“{text}”是备件、耗材、办公物品或房间，不作为设备发布。",
    Code.UNKNOWN_TYPE: "认不出“{text}”属于哪类资源，已导入但没有类型。请在发布前选择类型，买家才能按参数找到它。",
    Code.ROW_TOO_LONG: "本行比表头多出 {found} 个单元格（从“{text}”起）。请检查多余的分隔符或引号。",
    Code.BAD_TEXT: "“{header}”含有乱码、控制字符或过长的文字，只读取了可用的部分。请重新填写。",
}
EN: Mapping[Code, str] = {
    Code.BAD_DATE: "“{text}” in “{header}” is no date we can read; the row comes in without it. Write 2021-03-15, 2021-03 or 2021.",
    Code.FUTURE_DATE: "“{text}” in “{header}” lies in the future; the row comes in without it. Check the year.",
    Code.BAD_NUMBER: "“{text}” in “{header}” is no number we can read; the row comes in without it. Write digits and a unit, such as 800 mm.",
    Code.BAD_UNIT: "The unit of “{text}” does not fit “{header}”; the row comes in without it. Use a unit that measures this.",
    Code.BAD_PRICE: "“{text}” in “{header}” is no definite price; the row comes in without it. Write an amount and per what, such as 120元/小时, or 面议 if it is open.",
    Code.BAD_QUANTITY: "“{text}” in “{header}” is no count; the row comes in as one machine, or as many as it has numbers. Write a whole number.",
    Code.QUANTITY_MISMATCH: "The count says {text} but there are {found} asset numbers; {found} machines come in. Check the count and the numbers.",
    Code.BAD_ASSET_RANGE: "“{text}” cannot be counted out machine by machine; the row comes in without numbers. Write A001~A005 or list them.",
    Code.DUPLICATE_IN_FILE: "“{text}” is the same machine as in row {other}; it is not stored twice.",
    Code.ASSET_NUMBER_CONFLICT: "“{text}” already belongs to another machine in row {other}; this row stays out. Correct one of the two numbers.",
    Code.MISSING_NAME: "The row describes a machine but has no name; it stays out. Fill in the name.",
    Code.DAMAGED_NUMBER: "“{text}” was rewritten by the spreadsheet and the original is lost; the row comes in without it. Format the column as text and type it again.",
    Code.FORMULA_ERROR: "The formula in “{header}” fails ({text}); the cell was not read. Replace it by its value.",
    Code.SCRAPPED: "The ledger says “{text}”: machines scrapped, sold or disposed of are never offered.",
    Code.INACTIVE: "The ledger says “{text}”: the machine is not in use and comes in as a draft that is not offered.",
    Code.NOT_A_LISTING: "“{text}” is a spare part, a consumable, office equipment or a room and is not published.",
    Code.UNKNOWN_TYPE: "We do not know which type “{text}” is; it came in without one. Choose it before publishing, so that buyers find it by its figures.",
    Code.ROW_TOO_LONG: "The row has {found} cells more than the header (from “{text}”). Look for stray separators or quotes.",
    Code.BAD_TEXT: "“{header}” holds garbled, control or overlong text; only the usable part was read. Type it again.",
}
REASONS_ZH: Mapping[str, str] = {
    "empty_file": "文件是空的。",
    "encrypted_file": "文件设有密码，无法读取。请去掉密码后重新上传。",
    "damaged_file": "文件已损坏或不完整。请用电子表格软件打开、另存后重新上传。",
    "unsupported_format": "这不是电子表格。请上传 XLSX、XLS、ODS 或 CSV 文件。",
    "archive_bomb": "文件解压后过大，已拒绝读取。",
    "forbidden_xml": "文件内含不允许的 XML 定义，已拒绝读取。",
    "too_large": "文件过大。请拆分成每份一万行左右再上传。",
    "too_slow": "文件读取时间过长，已停止。请拆分后再上传。",
    "no_table": "没有找到设备表。",
    "no_header": "没有认出表头。请指定每一列的含义。",
    "no_machines": "表中没有可导入的设备。",
}
REASONS_EN: Mapping[str, str] = {
    "empty_file": "The file is empty.",
    "encrypted_file": "The file is locked with a password. Remove it and upload again.",
    "damaged_file": "The file is damaged or incomplete. Open it, save it anew and upload again.",
    "unsupported_format": "This is no spreadsheet. Upload XLSX, XLS, ODS or CSV.",
    "archive_bomb": "The file unpacks to an unreasonable size and was refused.",
    "forbidden_xml": "The file holds XML definitions that are not allowed.",
    "too_large": "The file is too large. Split it into parts of about ten thousand rows.",
    "too_slow": "Reading the file took too long. Split it and upload again.",
    "no_table": "No table of machines was found.",
    "no_header": "No header was recognised. Say what each column holds.",
    "no_machines": "The table holds no machine to import.",
}
SHOWN_CHARACTERS = 60


def text_of(message: LedgerMessage, locale: str = "zh") -> str:
    """The sentence for the clerk, quotations shortened."""
    sentences = ZH if locale.startswith("zh") else EN
    facts = {name: shortened(fact) for name, fact in message.facts.items()}
    return sentences[message.code].format_map(_Facts(facts))


def text_of_reason(reason: str, locale: str = "zh") -> str:
    reasons = REASONS_ZH if locale.startswith("zh") else REASONS_EN
    return reasons[reason]


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""
