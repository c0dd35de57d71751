"""A catalogue of near-alike machines and the golden queries asked of it on both engines."""

import random

from search.documents import AttributeRange, ListingDocument, PriceBounds

_MACHINES = (
    ("数控车床", "CNC lathe", "CK", "turning"),
    ("走心机", "Swiss-type lathe", "SR", "turning"),
    ("立式加工中心", "vertical machining centre", "VMC", "milling"),
    ("卧式加工中心", "horizontal machining centre", "HMC", "milling"),
    ("五轴加工中心", "5-axis machining centre", "DMU", "milling"),
    ("龙门铣床", "gantry milling machine", "XK", "milling"),
    ("平面磨床", "surface grinder", "M71", "grinding"),
    ("慢走丝线切割", "wire EDM machine", "AQ", "edm"),
    ("激光切割机", "laser cutting machine", "G30", "sheet"),
    ("数控折弯机", "press brake", "WC67Y", "sheet"),
    ("注塑机", "injection moulding machine", "MA", "moulding"),
    ("三坐标测量机", "coordinate measuring machine", "Global", "metrology"),
    ("高低温试验箱", "temperature and humidity chamber", "GDW", "testing"),
    ("六轴工业机器人", "six-axis industrial robot", "IRB", "robots"),
    ("叉车", "forklift truck", "CPCD", "logistics"),
)
_MAKERS = ("沈阳机床", "Haas", "DMG MORI", "海天", "大族激光", "Zeiss", "ABB", "合力", "Mazak")
_REMARKS = (
    "适合航空钛合金零件", "适合轴类零件批量加工", "配自动上下料", "恒温车间,精度有检定", "夜班可用,含操作员",
    "suited to titanium and stainless steel", "with probe and tool changer", "minimum order four hours",
)  # fmt: skip

GOLDEN = (
    "数控车床", "车床", "加工中心", "五轴加工中心", "五轴", "5轴", "钛合金 五轴", "龙门铣", "磨床", "平面磨", "线切割",
    "慢走丝", "激光切割", "折弯机", "注塑机 海天", "三坐标", "三坐标测量 蔡司", "三座标", "试验箱 湿度", "机器人 ABB", "叉车 3吨",
    "CK6140", "ck-6140", "VMC 850", "vmc850", "GDW", "IRB 120", "WC67Y-100", "大族激光", "精度 检定 恒温",
    "數控車床", "注塑機", "ＣＮＣ　ｌａｔｈｅ", "CNC lathe", "lathes", "machining centre", "machining center", "5-axis milling titanium",
    "wire EDM", "injection molding machine", "press brakes", "robot six axis", "forklift", "measuring machine Zeiss",
    "夜班 操作员", "航空零件", "轴类零件", "minimum order four hours", "行程 800mm", "0.8 m travel", "自动上下料 车床 夜班",
)  # fmt: skip


def catalogue(count: int = 600) -> list[ListingDocument]:
    """Listings drawn from a seed: many share words, some differ in a digit only."""
    draw = random.Random(11)
    return [_listing(identity, draw) for identity in range(1, count + 1)]


def _listing(identity: int, draw: random.Random) -> ListingDocument:
    zh, en, series, parent = draw.choice(_MACHINES)
    model = f"{series}{draw.choice(('', '-', ' '))}{draw.choice((120, 6140, 650, 850, 1060, 3015, 100))}"
    travel = draw.choice((400, 600, 800, 1200))
    return ListingDocument(
        id=identity,
        public_id=f"L{identity}",
        version=1,
        park_id=1,
        visible_to_parks=(),
        supplier_id=identity % 40,
        supplier=f"{draw.choice('东南西北')}{draw.choice('兴华盛达')}精密机械",
        kind="equipment",
        type_code=series.lower(),
        type_ancestors=(parent,),
        type_words=f"{zh} {en}",
        title_zh=f"{zh} {model}" if draw.random() < 0.9 else zh,
        title_en=f"{en} {model}" if draw.random() < 0.5 else "",
        body="。".join(draw.sample(_REMARKS, draw.randrange(3))),
        model=model,
        manufacturer=draw.choice(_MAKERS),
        attribute_text=f"行程 {travel} mm",
        numbers=(AttributeRange("travel_x", travel * 1000, travel * 1000),),
        prices=PriceBounds(hour=draw.randrange(50, 500) * 100),
    )
