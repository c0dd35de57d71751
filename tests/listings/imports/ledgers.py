"""Small ledgers as clerks keep them, as CSV bytes."""

HEADER = "资产编号,设备名称,规格型号,生产厂家,行程X(mm),使用状态,存放地点,对外价格"
ROWS = (
    "JX-001,立式加工中心,VMC850,海铭,800,在用,3号楼,120元/小时",
    "JX-002,立式加工中心,VMC850,海铭,800,在用,3号楼,120元/小时",
    "JX-003,数控车床,CK6140,沈一,,在用,1号楼,80元/小时",
)
NAMELESS_HEADER = "设备名称,规格型号,生产厂家,使用状态,存放地点"
NAMELESS_ROWS = (
    "立式加工中心,VMC850,海铭,在用,3号楼",
    "数控车床,CK6140,沈一,在用,1号楼",
    "平面磨床,M7130,杭机,在用,1号楼",
)


def ledger(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode("utf-8-sig")


def changed(row: str, **words: str) -> str:
    """The row with cells replaced: `changed(ROWS[0], 存放地点="5号楼")`."""
    names = HEADER.split(",")
    cells = row.split(",")
    for name, word in words.items():
        cells[names.index(name)] = word
    return ",".join(cells)
