"""A small workshop of listings for the tests of search: own words, figures that tell the filters apart."""

from search.documents import AttributeRange, AttributeWord, ListingDocument, Place, PriceBounds

_ROWS = (
    # id, title zh, title en, type, parent, model, travel µm, hour price, zone, certificates
    (1, "数控车床 CK6140", "CNC lathe", "cnc_lathe", "turning", "CK-6140", 750_000, 8_000, "north", ()),
    (2, "数控车床 CK6150", "CNC lathe with long bed", "cnc_lathe", "turning", "CK6150", 1_500_000, 9_500, "south", ()),
    (3, "立式加工中心 VMC850", "Vertical machining centre", "vmc", "milling", "VMC-850", 800_000, 12_000, "south", ("ISO 9001",)),
    (4, "五轴加工中心 DMU 50", "5-axis machining centre", "vmc5", "milling", "DMU50", 650_000, 30_000, "north", ("ISO 9001", "AS9100")),
    (5, "龙门铣床", "Gantry milling machine", "gantry", "milling", "XK2420", 4_000_000, 45_000, None, ()),
    (6, "三坐标测量机", "Coordinate measuring machine (CMM)", "cmm", "metrology", "Global S 9.12.8", 900_000, 20_000, "south", ("CNAS",)),
    (7, "注塑机 90T", "Injection moulding machine", "injection", "moulding", "MA900", None, None, "north", ()),
    (8, "高低温试验箱", "Temperature test chamber", "chamber", "testing", "GDW-225", None, 6_000, "north", ("CNAS",)),
)  # fmt: skip


def workshop() -> list[ListingDocument]:
    """Eight listings, 1 to 8."""
    return [_listing(row) for row in _ROWS]


def _listing(row) -> ListingDocument:
    identity, zh, en, code, parent, model, travel, price, zone, certificates = row
    numbers = () if travel is None else (AttributeRange("travel_x", travel, travel),)
    if code == "chamber":
        numbers = (AttributeRange("temperature", -40_000, 150_000), AttributeRange("odd-key.1", 5, None))
    return ListingDocument(
        id=identity,
        public_id=f"L{identity}",
        version=1,
        park_id=1,
        visible_to_parks=(2,) if identity == 6 else (),
        supplier_id=10 + identity % 2,
        supplier="华东精密机械有限公司",
        kind="instrument" if parent in {"metrology", "testing"} else "equipment",
        type_code=code,
        type_ancestors=(parent,),
        title_zh=zh,
        title_en=en,
        body=f"{zh},状态良好,可按小时租用。",
        model=model,
        manufacturer="Haas" if identity == 3 else "",
        numbers=numbers,
        words=(AttributeWord("material", "titanium"), AttributeWord("material", "al-7075")) if code == "vmc5" else (),
        zone=zone,
        place=Place(31.0 + identity / 1000, 121.0),
        certificates=certificates,
        approval="instant" if identity in {1, 3} else "owner",
        prices=PriceBounds(hour=price, day=None if price is None else price * 6),
    )
