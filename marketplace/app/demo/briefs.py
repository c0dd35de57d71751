"""What firms of the demo park look for."""

from dataclasses import dataclass
from decimal import Decimal

from marketplace.demands.constraints import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A demand in words and figures; `work` names the line of a quote, `yuan_per_hour` is what it usually costs."""

    zh: str
    en: str
    text_zh: str
    text_en: str
    type_code: str
    work: str
    hours: int
    yuan_per_hour: Decimal
    limits: tuple[Limit, ...] = ()
    pieces: int | None = None
    budget_yuan: int | None = None


BRIEFS = (
    Brief(
        zh="钛合金支架 24 件，五轴精加工",
        en="24 titanium brackets, 5-axis finishing",
        text_zh="外形 380×220 mm，位置度 0.02 mm，毛坯与刀具自备，图纸签保密协议后提供。",
        text_en="380 by 220 mm, position within 0.02 mm. We bring blanks and tools; drawings after an NDA.",
        type_code="five_axis_machining_centre",
        work="五轴加工",
        hours=8,
        yuan_per_hour=Decimal(320),
        limits=(Limit("materials", "in", ("titanium",)),),
        pieces=24,
        budget_yuan=3200,
    ),
    Brief(
        zh="铝合金底板铣平面与钻孔，60 件",
        en="60 aluminium base plates, face milling and drilling",
        text_zh="6061 底板 500×300×25 mm，平面度 0.05 mm，M6 螺纹孔 12 处。",
        text_en="6061 plates, 500 by 300 by 25 mm, flat within 0.05 mm, twelve M6 threads each.",
        type_code="vertical_machining_centre",
        work="立加铣削",
        hours=7,
        yuan_per_hour=Decimal(140),
        limits=(Limit("travel_x", ">=", 600_000, "mm"), Limit("materials", "in", ("aluminium",))),
        pieces=60,
        budget_yuan=1200,
    ),
    Brief(
        zh="模具镶件慢走丝切割 6 件",
        en="Slow wire EDM of six mould inserts",
        text_zh="SKD11 淬火件，厚 60 mm，表面 Ra 0.6，割一修三。",
        text_en="Hardened SKD11, 60 mm thick, Ra 0.6, one cut and three trims.",
        type_code="slow_wire_edm",
        work="慢走丝加工",
        hours=6,
        yuan_per_hour=Decimal(120),
        pieces=6,
    ),
    Brief(
        zh="首件三坐标全尺寸检测",
        en="Full dimensional check of first articles on a CMM",
        text_zh="壳体 3 件，62 个尺寸，要出 PDF 报告和原始测点。",
        text_en="Three housings, 62 dimensions each; PDF report and the raw points, please.",
        type_code="cmm",
        work="三坐标检测",
        hours=4,
        yuan_per_hour=Decimal(180),
        pieces=3,
        budget_yuan=900,
    ),
    Brief(
        zh="控制器整机盐雾 48 小时前的摸底",
        en="Salt-spray trial of a controller before certification",
        text_zh="先做一天摸底，样机 2 台，每两小时拍照一次。",
        text_en="One day as a trial, two samples, a photo every two hours.",
        type_code="salt_spray_chamber",
        work="盐雾试验",
        hours=8,
        yuan_per_hour=Decimal(35),
        pieces=2,
    ),
    Brief(
        zh="电机随机振动试验，三个方向",
        en="Random vibration of a motor in three directions",
        text_zh="样件 18 kg，按我司规范，夹具可自带。",
        text_en="18 kg sample, our own specification; we can bring the fixture.",
        type_code="vibration_table",
        work="振动试验",
        hours=6,
        yuan_per_hour=Decimal(220),
        budget_yuan=1800,
    ),
    Brief(
        zh="小批量贴片打样 40 块",
        en="SMT samples, 40 boards",
        text_zh="双面板 120×80 mm，最小 0402，钢网与物料齐套。",
        text_en="Double-sided, 120 by 80 mm, smallest part 0402; stencil and parts are complete.",
        type_code="smt_line",
        work="贴片打样",
        hours=5,
        yuan_per_hour=Decimal(520),
        pieces=40,
        budget_yuan=3000,
    ),
    Brief(
        zh="铝壳体阳极氧化黑色，200 件",
        en="Black anodizing of 200 aluminium housings",
        text_zh="膜厚 10–15 µm，允许挂点两处，颜色按样板。",
        text_en="10 to 15 µm, two hanging marks allowed, colour as the sample.",
        type_code="anodizing_line",
        work="阳极氧化",
        hours=6,
        yuan_per_hour=Decimal(230),
        pieces=200,
    ),
    Brief(
        zh="钣金机箱折弯，SECC 1.2 mm",
        en="Bending of cabinets, SECC 1.2 mm",
        text_zh="30 套，每套 9 道折弯，展开料已激光切好。",
        text_en="30 sets with nine bends each; the blanks are cut.",
        type_code="press_brake",
        work="折弯",
        hours=6,
        yuan_per_hour=Decimal(95),
        pieces=30,
        budget_yuan=800,
    ),
    Brief(
        zh="手板外壳打印 5 套",
        en="Five printed housings as models",
        text_zh="尺寸 220×160×90 mm，白色，需打磨。",
        text_en="220 by 160 by 90 mm, white, sanded.",
        type_code="fdm_printer",
        work="打印",
        hours=8,
        yuan_per_hour=Decimal(18),
        pieces=5,
    ),
    Brief(
        zh="金属打印随形冷却镶件",
        en="Metal-printed insert with conformal cooling",
        text_zh="模具钢，外形 90×60×70 mm，出货前去支撑并喷砂。",
        text_en="Tool steel, 90 by 60 by 70 mm, supports removed and blasted.",
        type_code="slm_printer",
        work="金属打印",
        hours=8,
        yuan_per_hour=Decimal(280),
        pieces=2,
    ),
    Brief(
        zh="出口批次验货，抽样 AQL 1.0",
        en="Inspection of an export batch, AQL 1.0",
        text_zh="电动工具 2400 台，外观、功能、包装三项，需中英文报告。",
        text_en="2,400 power tools: looks, function, packing; report in Chinese and English.",
        type_code="goods_inspection",
        work="验货",
        hours=6,
        yuan_per_hour=Decimal(150),
        pieces=2400,
        budget_yuan=1500,
    ),
    Brief(
        zh="注塑模具设计：双色按键",
        en="Mould design: two-colour keys",
        text_zh="1 出 4，含模流分析，交付三维与二维图。",
        text_en="Four cavities, with flow analysis; 3D model and drawings.",
        type_code="mould_design",
        work="模具设计",
        hours=8,
        yuan_per_hour=Decimal(160),
    ),
    Brief(
        zh="不锈钢支架激光焊 80 件",
        en="Laser welding of 80 stainless brackets",
        text_zh="304，板厚 1.5 mm，焊缝不打磨，变形小于 0.5 mm。",
        text_en="304, 1.5 mm sheet, seams as welded, distortion below 0.5 mm.",
        type_code="laser_welder",
        work="激光焊接",
        hours=5,
        yuan_per_hour=Decimal(110),
        pieces=80,
    ),
    Brief(
        zh="拉伸试验 12 根试棒",
        en="Tensile tests of twelve bars",
        text_zh="Q345 与焊接接头各 6 根，出具带章报告。",
        text_en="Six of Q345 and six welded joints; stamped report.",
        type_code="tensile_tester",
        work="拉伸试验",
        hours=3,
        yuan_per_hour=Decimal(110),
        pieces=12,
        budget_yuan=600,
    ),
)
