"""Whether a named thing is a machine at all, and what kind of resource it is when the catalogue cannot say."""

import re
from functools import lru_cache

from marketplace.listings.ledger.cells.plain import folded

SPARE = re.compile(
    r"^(?:备件|备品|备用件|配件|附件|零件|易损件|耗材|刀具耗材|损耗品|低值易耗品)(?:[:：\-_(（/].*|.{0,12})$"
    r"|(?:备件|备品备件|配件|零配件|零部件|易损件|耗材|耗品|附件)(?:包|箱|一批|若干|套件)?$"
    r"|^备用(?!.*(?:机组|发电机|机床|空压机|锅炉|泵站)).{1,12}(?:电机|马达|泵|阀|轴|主轴|模块|板|卡|刀库|头|电源|轮|皮带|轴承|传感器|变频器|控制器|plc)$"
    r"|(?:spare parts?|spares?|consumables?|accessor(?:y|ies))$|^(?:spare parts?|spares?|consumables?)\b"
)
CONSUMABLE = re.compile(
    r"(?:轴承|刀片|刀柄|刀杆|刀粒|钻头|铣刀|车刀|镗刀|铰刀|丝锥|板牙|锯条|锯片|砂轮|砂轮片|砂纸|砂带|切削液|切削油|冷却液|润滑油|润滑脂|液压油|导轨油|机油|齿轮油|变压器油|黄油|清洗剂|防锈油|脱模剂|皮带|三角带|同步带|传送带|滤芯|滤网|滤袋|过滤器芯|密封圈|密封件|油封|垫片|螺栓|螺丝|螺母|螺钉|弹簧|卡簧|销钉|铆钉"
    r"|手套|口罩|工作服|劳保鞋|安全帽|护目镜|耳塞|焊条|焊丝|焊锡丝|焊锡条|锡膏|焊剂|保险丝|熔断器|接触器|继电器|断路器|空气开关|灯管|灯泡|电缆|电线|插座|网线|电池|电瓶|蓄电池|钼丝|电极丝|铜丝|电极|喷嘴|吸嘴|色带|硒鼓|墨盒|碳粉|打印纸|标签纸|碳带|包装袋|纸箱|胶带|缠绕膜|托盘|周转箱|料架|货架|工具柜|工具箱|工具车|抹布|试剂|试纸|移液枪头|枪头|离心管|烧杯|量筒|培养皿|色谱柱|标准品|标样|标准物质"
    r"|钢板|铝板|钢管|圆钢|铜棒|铝棒|铝锭|塑料粒子|色母|原料|毛坯|铸件|锻件|法兰|弯头|阀门|气管|软管|接头|快速接头|卡套|o型圈|bearing|bearings|cutting fluid|coolant|lubricant|hydraulic oil|grinding wheel|grinding wheels|drill bits?|inserts?|end mills?|gloves|filter cartridge|filters|v-?belts?|screws|bolts|welding wire|fuses?|seals?|o-?rings?)"
    r"(?:[\d一二三四五六七八九十\s]*(?:一?批|若干|套|个|只|盒|箱|桶|包|件|支|根|kg|公斤|l|升)?)?(?:[(（].*[)）])?$"
)
OFFICE_BRANDED = re.compile(
    r"(?:办公桌椅|办公桌|办公椅|办公台|办公柜|办公家具|桌椅|会议桌|会议椅|课桌|沙发|茶几|文件柜|档案柜|铁皮柜|更衣柜|储物柜|保险柜|保险箱|空调机?|空调器|饮水机|净水器|微波炉|电视机?|洗衣机|电脑|笔记本|台式机|显示器|复印机|复印件|传真机|碎纸机|打印机|打印复印一体机|多功能一体机|电话机|考勤机|投影机|投影幕布?|照相机|数码相机|小轿车|轿车|商务车|小客车|电动自行车|窗帘|灭火器|消防栓)"
    r"(?:[\d一二三四五六七八九十]*(?:一?批|若干|套|个|台|把|张)?)?(?:[(（].*[)）])?$"
    r"|(?:office )?(?:desks?|chairs?|sofas?|filing cabinets?|laptops?|desktop computers?|air conditioners?|refrigerators?)$"
)
OFFICE_WHOLE = re.compile(
    r"(?:办公室?|会议室?|员工|宿舍用?|食堂|行政|财务)?(?:椅子|桌子|书柜|衣柜|柜机|挂机|立式空调|中央空调|电风扇|风扇|热水器|冰箱|冰柜|电脑主机|服务器|交换机|路由器|ups电源|门禁|监控|监控系统|监控设备|摄像头|音响|床|宿舍床|床铺|餐桌|厨房设备|厨具|投影仪\(会议\)|扫描仪\(办公\))"
    r"(?:[\d一二三四五六七八九十]*(?:一?批|若干|套|个|台|把|张)?)?(?:[(（].*[)）])?"
)
ROOM = re.compile(
    r"(?:会议室|办公室|宿舍|食堂|餐厅|休息室|茶水间|卫生间|洗手间|厕所|值班室|更衣室|门卫室|门卫|传达室|接待室|培训室|配电室|配电房|空压机房|机房|档案室|停车场|车棚|办公楼|宿舍楼|围墙|道路|绿化|厂区道路|车库|资料室|工具室|备件库|刀具库|危废间|开水间|楼梯间|电梯间|走廊|meeting room|conference room|office|canteen|restroom|toilet|warehouse office|dormitory|locker room)(?:[a-z\d]*)?(?:[(（].*[)）])?$"
)
NON_MACHINE_CLASS = re.compile(
    r"^(?:备品?备件|备件|配件|耗材|易耗品?|低值易耗品?|消耗品|办公设备|办公家具|办公用品|家具|家具用具|办公|房屋|房屋建筑物|房屋及建筑物|建筑物|构筑物|土地|土地使用权|无形资产|软件|电子办公设备|行政办公|生活设施|劳保用品|原材料|辅料|低耗|spare parts?|consumables?|furniture|office equipment|building|buildings|land|software|it equipment)$"
)
SPARE_CLASS = re.compile(
    r"(?:备品?备件|备件|配件|耗材|易耗品?|消耗品|低值易耗品?|原材料|辅料|劳保用品|刀具耗材|spare parts?|consumables?)"
)
BULK_UNITS = frozenset("批 盒 瓶 包 箱 桶 卷 公斤 千克 kg 升 l 吨 米 m 双 袋 罐 捆 盘 令 打".split())  # noqa: SIM905
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("service", re.compile(r"服务$|外协$|代加工$|测试服务|检测服务|\bservices?$")),
    (
        "line",
        re.compile(
            r"(?:生产线|流水线|装配线|产线|自动线|涂装线|电镀线|包装线|组装线|总装线|加工线|smt线|线体|\d线|生产单元|柔性单元)(?:[\d一二三四五六七八九十#号a-z]*)$|\bline(?:\s*\w{1,3})?$"
        ),
    ),
    (
        "tool",
        re.compile(
            r"(?:夹具|模具|冲模|压铸模|注塑模|工装|治具|检具|量具|量规|卡规|塞规|样板|吊具|工具|芯盒|型板|模架|刀库)(?:[\d#号a-z]*)$|\b(?:fixture|jig|mould|mold|die|gauge|gage|tooling)s?$"
        ),
    ),
    (
        "instrument",
        re.compile(
            r"仪$|仪器$|计$|显微镜|试验机|试验箱|试验台|测试仪|测试机|检测仪|分析仪|光谱|色谱|质谱|测量|天平|卡尺|千分尺|示波器|万用表|探伤|硬度|粗糙度|三坐标|投影仪|实验室|试验室|试验场|培养箱|离心机|spectromet|microscop|chromatograph|analy[sz]er|tester|meter$|scope$|balance$|\blab\b|gauge"
        ),
    ),
)


@lru_cache(maxsize=8192)
def is_no_machine(name: str, category: str, count_unit: str, *, recognised: bool) -> bool:
    """Spare part, consumable, office thing or room; a thing the catalogue recognises is none of them unless named so."""
    word, group, unit = " ".join(name.split()).casefold(), folded(category), folded(count_unit)
    compact = folded(name)
    if (
        SPARE.search(word)
        or SPARE.search(compact)
        or SPARE_CLASS.fullmatch(group)
        or (group and NON_MACHINE_CLASS.fullmatch(group) and not recognised)
    ):
        return True
    if CONSUMABLE.search(compact):
        return True
    if OFFICE_WHOLE.fullmatch(compact) or (
        OFFICE_BRANDED.search(compact) and not (recognised and compact.endswith("打印机"))
    ):
        return not re.search(
            r"3d|三维|立体|丝印|锡膏|喷码|热转印|防爆|工业|恒温|恒湿|冷库|精密空调|机房空调|金属打印|uv|fdm|sla|slm|sls|标签|条码|测试|试验",
            compact,
        )
    if ROOM.fullmatch(compact) or (ROOM.search(compact) and not recognised):
        return True
    return unit in BULK_UNITS and not recognised and not re.search(r"机|仪|设备|炉|台$", compact)


@lru_cache(maxsize=8192)
def guessed_kind(name: str) -> str:
    """The kind of a thing without a type, by the last word of its name; most rows of a ledger are equipment."""
    word = " ".join(name.split()).casefold()
    return next((kind for kind, pattern in KINDS if pattern.search(word)), "equipment")


LINE_NAME = re.compile(
    r"线(?:体)?(?:[\s\d#号一二三四五六七八九十a-zA-Z()（）]*)$|单元$|系统$|成套|机组$|\bline\b|\bcell\b|\bsystem\b",
    re.IGNORECASE,
)


def could_be_line(name: str) -> bool:
    """A name under which numbered members stand: 总装线, SMT 二线, 柔性制造单元."""
    return bool(LINE_NAME.search(" ".join(name.split())))
