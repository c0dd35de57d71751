"""The words that stand above the columns of Chinese and English ledgers. Attributes are the catalogue's."""

import re
from collections.abc import Mapping

from marketplace.listings.ledger.mapping import Field

EXACT_ZH: Mapping[Field, str] = {
    Field.SEQUENCE: "序号 序 顺序号 行号 项次 顺号 序列 编次",
    Field.ASSET_NUMBER: (
        "设备编号 资产编号 固定资产编号 资产编码 设备编码 资产号 固定资产号 设备号 设备代码 设备代号 资产代码 资产卡片编号 卡片编号 卡片号 固资编号 固定资产编码 统一编号"
        " 管理编号 管理号 内部编号 公司编号 本厂编号 自编号 厂内编号 企业编号 机台编号 机台号 机台编码 机床编号 机器编号 机器号 机号 机编号 仪器编号 仪器设备编号 仪器编码 仪器号 编号 编码"
        " 号码 代码 代号 工装编号 工装号 模具编号 模具号 模号 夹具编号 量具编号 器具编号 检具编号 刀具编号 车辆编号 车牌号 车牌 车牌号码 资产条码 条码 条码号 条形码 资产标签号 标签号 财产编号 财产号"
        " 产线编号 线体编号 生产线编号 场地编号 库房编号 资源编号 资源编码 唯一编号 唯一标识 固定资产卡片号 设备id 资产id 固定资产代码 设备统一编号 设备管理编号 设备资产编号 设备编号资产编号 服务编号 台账编号 工位号 机组编号 主机编号 标识号 设备位号 位号"
    ),
    Field.SERIAL_NUMBER: "出厂编号 出厂号 出厂序号 出厂编码 序列号 机身号 机身编号 机身序列号 制造编号 制造号 产品编号 产品序列号 厂编号 主机序列号 出厂日期编号 sn sn号 sn码",
    Field.NAME: (
        "设备名称 资产名称 固定资产名称 仪器名称 仪器设备名称 名称 设备名 机器名称 机台名称 机床名称 品名 器具名称 计量器具名称 工装名称 模具名称 夹具名称 量具名称 检具名称 物品名称 设备仪器名称 仪器 设备"
        " 机器 产线名称 生产线名称 线体名称 生产线 产线 服务名称 服务项目 服务内容 能力名称 场地名称 资源名称 车辆名称 设施名称 设备设施名称 主要设备名称 主要设备 名称及规格 品名规格 设备品名 试验台名称 项目名称 试验室名称 实验室名称 资产 机种 设备仪器 设备中文名称 中文名称 设备名称规格型号 名称规格型号 名称型号 工具名称 装备名称 平台名称 检测项目 检验项目 测试项目"
    ),
    Field.MODEL: "型号 规格型号 型号规格 设备型号 机型 型号及规格 规格及型号 型号与规格 仪器型号 设备规格型号 产品型号 机器型号 机床型号 主机型号 规格型号参数 型号名称 模具型号 规格和型号 厂牌型号 品牌型号 车型 牌号 款式型号 设备规格",
    Field.SPECIFICATION: (
        "规格 技术参数 主要技术参数 主要参数 技术规格 技术指标 主要技术指标 性能参数 主要性能参数 参数 规格参数 技术性能 主要性能 加工能力 能力参数 配置 主要配置 设备参数 性能指标 主要性能指标 主要规格 主要技术性能 规格尺寸 主要规格参数 关键参数 参数说明 设备能力 加工范围 技术特性 特征参数 技术要求 性能 工艺能力 规格说明 主要规格及技术参数 设备主要参数 主要功能及参数 功能参数 测试能力 检测能力 检测范围及参数"
    ),
    Field.DESCRIPTION: "描述 用途 功能 设备描述 设备用途 主要用途 功能描述 主要功能 说明 用途说明 服务说明 服务描述 简介 设备简介 功能说明 适用范围 应用范围 主要用途说明 资源描述",
    Field.REMARKS: "备注 备注说明 附注 备考 其他 其它 补充说明 特别说明 其他说明 备注信息 备注栏",
    Field.MANUFACTURER: (
        "生产厂家 制造商 制造厂 厂家 品牌 生产厂商 制造厂商 生产单位 制造单位 厂商 生产商 制造厂家 厂名 厂牌 设备品牌 设备厂家 设备制造商 生产厂 生产企业 制造企业 生产制造商 生产制造单位 制造商品牌 品牌厂家 厂家品牌 出厂单位 原厂 设备生产厂家 生产厂家品牌 制作单位 制作厂家 模具厂 模具厂家 制造厂名 生产厂名 商标 产地厂家 厂家产地 制造国厂家 制造国别及厂家 国别厂家 牌子"
    ),
    Field.PURCHASE_DATE: (
        "购置日期 购入日期 采购日期 购买日期 购置时间 购入时间 采购时间 购买时间 购进日期 购进时间 购置年月 购买年月 购入年月 购置年份 购置年 采购年份 购买年份 购入年份 采购年月 入厂日期 进厂日期 进厂时间 入厂时间 取得日期 取得时间 到货日期 到厂日期 到厂时间 购机日期 购机时间 购置 购建日期 购建时间 资产取得日期 购年 采购年度 购置年度 引进时间 引进日期 资本化日期"
    ),
    Field.OTHER_DATE: (
        "启用日期 启用时间 投产日期 投用日期 投用时间 投产时间 使用日期 开始使用日期 开始使用时间 入账日期 入账时间 入帐日期 入帐时间 资产入账日期 记账日期 验收日期 验收时间 安装日期 安装时间 启用年月 投产年月 启用年份 转固日期 转固时间 登记日期 入库日期 建账日期 投入使用日期 投入使用时间 使用时间 上线日期 开机日期 建成日期 建成时间 制造日期 出厂日期 出厂年月 出厂时间 生产日期 制造年月 生产年月 出厂年份 制造时间 制造年份 年份 年代"
    ),
    Field.LOCATION: (
        "安装地点 存放地点 使用地点 存放位置 安装位置 放置地点 放置位置 所在位置 使用位置 位置 地点 所在地 所在地点 场地 存放处 摆放位置 设备位置 设备地点 保管地点 存放场所 安置地点 存放地 库位 房间号 房间 位置信息 实际位置 资产位置 存放房间 安装场所 安放地点 安放位置 设备存放地点 安装使用地点 使用存放地点 现存放地点 详细地址 地址 存放库位 设置地点 使用场所 存放库房 具体位置 所在机房 实验室 仓库地址"
    ),
    Field.AREA: "车间 所在车间 使用车间 工段 工位 厂区 所在厂区 厂房 区域 所在区域 楼层 楼栋 产区 使用工段 生产车间 所在楼层 所属车间 库房 基地 分厂 厂别 机房",
    Field.DEPARTMENT: "使用部门 使用单位 所在部门 部门 所属部门 使用班组 班组 使用科室 所属单位 归属部门 使用人部门 存放部门 部门名称 科室 使用机构",
    Field.STATUS: (
        "状态 设备状态 使用状态 使用状况 使用情况 资产状态 设备状况 运行状态 运行状况 技术状态 技术状况 现状 状况 完好情况 完好状态 完好状况 设备现状 当前状态 目前状态 使用现状 资产使用状况 资产使用状态 设备使用状况 设备使用情况 设备运行状态 设备情况 资产状况 目前状况 现使用状态 使用状态描述 机器状态 仪器状态 设备完好状态 在用状态 目前使用情况 管理状态 工作状态 新旧状况 是否正常"
    ),
    Field.SCRAP_DATE: "报废日期 报废时间 处置日期 处置时间 报废年月 出售日期 转让日期 注销日期 核销日期 退役日期 清理日期",
    Field.QUANTITY: "数量 台数 台套数 套数 设备数量 件数 个数 资产数量 数目 台套 机台数 账面数量 实盘数量 盘点数量 数量台 设备台数 库存数量 现有数量 拥有数量 仪器数量 总数 总数量 实有数量 在用数量",
    Field.COUNT_UNIT: "单位 计量单位 数量单位 计数单位",
    Field.PRICE_UNIT: "计价单位 收费单位 计费单位 租金单位 计费方式 价格单位 报价单位 计价方式 收费方式 租金计价单位",
    Field.ORIGINAL_VALUE: (
        "原值 原价 资产原值 设备原值 固定资产原值 账面原值 帐面原值 购置价 购置价格 购置金额 购买价格 采购价格 采购价 采购金额 购入价 购入价格 购价 购买价 价值 资产价值 设备价值 单价 金额 价格 总价 设备单价 原值单价 购置单价 采购单价 入账价值 入帐价值 入账原值 设备价格 合同价 合同金额 成本 购置成本 购置原值 购置费 购置费用 购置总价 购买金额 设备金额 含税价 含税单价 不含税价 不含税金额 含税金额 入账金额 投资额 造价 资产原价 原始价值 评估价值 评估值 重置价 总金额"
    ),
    Field.CURRENCY: "币种 货币 币别",
    Field.CATEGORY: (
        "类别 设备类别 设备分类 类型 设备类型 资产类别 资产分类 分类 大类 中类 小类 资源类型 资源类别 设备种类 种类 仪器类别 仪器分类 器具类别 固定资产类别 资产类型 机床类型 设备大类 设备小类 设备类目 工艺类型 工序 工艺 设备工种 机器类别 服务类别 服务类型 类目 车辆类型 模具类型 仪器类型 资产大类 资产小类 分类名称 类别名称"
    ),
    Field.LINE: "所属产线 所属生产线 所在产线 隶属产线 归属产线 所属线体 线别 所属设备 所属主机 上级设备 所在生产线 所属线 线体 父级编号 主设备编号 上级编号 所属机组",
    Field.SHARED_FLAG: "是否共享 是否对外 是否对外共享 是否可共享 是否开放 是否对外开放 是否出租 是否可出租 是否可租 是否可租赁 可否共享 可否外租 能否共享 是否外租 是否可外租 对外服务 是否对外服务 是否愿意共享 是否同意共享 可共享 可外租 是否上架 是否发布 共享意愿",
    Field.IGNORE: (
        "净值 账面净值 资产净值 帐面净值 净额 残值 净残值 残值率 净残值率 累计折旧 折旧 折旧方法 月折旧 月折旧额 年折旧额 本月折旧 折旧年限 使用年限 预计使用年限 已用年限 已使用年限 已提月份 使用期限 设计寿命 寿命 预计寿命 折旧率 减值准备 成新率 新旧程度 成色"
        " 责任人 保管人 使用人 操作人 操作员 负责人 管理人 管理员 领用人 联系人 联系电话 电话 手机 维护人 设备管理员 责任人签字 保管员 操作者 使用者 资产管理员 责任部门 管理部门 主管部门 保管部门 管理单位 管理人员 联系方式"
        " 供应商 供货商 经销商 代理商 供货单位 供应商名称 供应商电话 供应商联系方式 代理商名称 销售单位 合同号 合同编号 发票号 发票号码 凭证号 凭证编号 采购单号 订单号 采购申请单号 资金来源 经费来源 来源 增加方式 购置方式 取得方式 采购方式 资产来源 变动方式"
        " 国别 产地 原产地 制造国 制造国别 生产国 生产国别 国家 进口国产 国产进口 图片 照片 设备照片 二维码 附件 资料 说明书 随机附件 附件数量 技术资料 图纸 图号 图纸编号"
        " 检定日期 校准日期 上次检定日期 上次校准日期 下次检定日期 下次校准日期 检定有效期 校准有效期 有效期 有效期至 检定周期 校准周期 检定单位 校准单位 检定结果 检定状态 校准状态 校验日期 下次校验日期 计量状态 证书编号 检定证书号 证书号 校准证书编号 检测周期 有效日期 溯源方式 管理类别 等级 管理级别 管理等级 设备等级 设备级别 精度等级 准确度等级 abc分类 重要程度 关键程度 重要性 保修期 质保期 保修截止日期 质保到期 保修到期日 保修日期 年检日期 下次年检日期 年检有效期"
        " 保养周期 保养日期 上次保养日期 下次保养日期 下次保养 维护周期 维修记录 故障记录 设备评级 完好率 利用率 开机率 年使用机时 年开机时间 年运行小时 稼动率 oee 开动率 预计报废日期 预计报废时间 到期日期 到期日 报废年限 报废原因 处置方式 处置原因 报废单号 盘点结果 盘点人 盘点日期 盘盈盘亏 盘点情况 盘点状态 差异 审核 审批 签字 领用日期 更新日期 更新时间 录入人 录入日期 创建时间 创建人 修改时间 修改人 登记人"
        " 账面数 实盘数 项目 备件 备件名称 备用数量 易损件 能耗 能源类型 使用登记证 使用登记证号 注册代码 特种设备 特种设备代码 特种设备使用登记证编号 操作证 设备卡片 工装夹具 软件版本 经度 纬度 经纬度 邮编 企业名称 单位名称 公司名称 所属企业 企业 公司 法人 统一社会信用代码 押金 开放时间 可用时间 空闲时间 可用时段 共享时段 可租时段 开放时段 每天可用小时 班次 班制 人数 定员 密级 涉密 英文名称 设备英文名称 别名 简称 助记码 财务编码 财务编号 分类编码 分类代码 分类号 国标码 类别编码 类别代码 资产分类代码 资产类别编码 供应商编码 部门编码 部门代码 位置编码 地点编码"
    ),
}
EXACT_EN: Mapping[Field, str] = {
    Field.SEQUENCE: "no|#|item|item no|item number|seq|s/n#|sr no|sl no|serial|row|line no|index|ser",
    Field.ASSET_NUMBER: (
        "asset #|equip #|equipment #|tag #|id #|machine #|mc #|inv #|inventory #|fa #|tool #|asset num|equip num|asset no|asset number|asset id|asset code|asset tag|asset tag no|asset|tag no|tag|equipment no|equipment id|equipment number|equipment code|equip no|eqp no|eqpt no|machine no|machine id|machine number|machine code|m/c no|mc no|inventory no|inventory number|inventory id|fixed asset no|fixed asset number|id|code|instrument id|instrument no|instrument number|tool no|tool number|tool id|mould no|mold no|inventar nr|inventarnummer|inv no|unit no|plant no|barcode|control no|fa no|resource id|gauge no|fixture no|device id|equipment tag|number|nr|id no|company no"
    ),
    Field.SERIAL_NUMBER: "serial no|serial number|serial nr|s/n|sn|ser no|manufacturer serial no|mfg serial no|seriennummer|factory no|factory number|serial #|serial num",
    Field.NAME: (
        "name|equipment name|machine name|asset name|instrument name|instrument|machine|equipment|item name|tool name|mould name|designation|bezeichnung|equipment description|asset description|machine description|device|device name|unit name|resource name|service|service name|line name|resource|machine tool|name of equipment|name of machine|equip name|display name|full name|description of equipment|description of machine|item description|plant|instrument description"
    ),
    Field.MODEL: "model|model no|model number|type/model|model/type|typ|model name|model & spec|model and specification|machine model|equipment model|model/spec|model type|spec/model|type no|model #|model code|specification model",
    Field.SPECIFICATION: "specification|specifications|spec|specs|technical data|technical specification|technical specifications|parameters|main parameters|capacity/specification|technical parameters|key specifications|main specs|details|main specification|features|configuration",
    Field.DESCRIPTION: "description|purpose|function|comment description|beschreibung|usage description|application|use|applications|capabilities",
    Field.REMARKS: "remark|remarks|note|notes|comment|comments|bemerkung|other",
    Field.MANUFACTURER: "manuf|manufact|manufacture|mnfr|manufacturer|maker|brand|vendor|make|mfr|oem|manufacturer name|hersteller|producer|builder|mfg|brand name|machine maker|made by|fabricator|manufactured by|brand/manufacturer|manufacturer/brand",
    Field.PURCHASE_DATE: "purch date|pur date|date acq|acq year|purchase dt|purchase date|date of purchase|purchased|purchase year|year of purchase|acquisition date|date acquired|acquired|bought|buy date|date purchased|anschaffungsdatum|purchased on|year purchased|acq date|date bought|capitalization date|year acquired",
    Field.OTHER_DATE: "in service date|in-service date|commissioning date|commissioned|installation date|install date|date installed|installed|start date|start-up date|year|year of manufacture|manufacture date|mfg date|year built|built|production date|date of manufacture|date in service|yom|baujahr|manufacturing date|year made|installed on|service date",
    Field.LOCATION: "loc|rm|rm no|location|place|room|site|room number|room no|position|standort|address|installed at|install location|current location|storage location|bay|installation location|location/room|where|physical location",
    Field.AREA: "workshop|building|area|shop|zone|floor|plant area|hall|factory|shop floor|bldg|workcenter|work center|cell",
    Field.DEPARTMENT: "department|dept|using department|user department|section|division",
    Field.STATUS: "status|cond|stat|condition|state|equipment status|machine status|operating status|current status|usage status|zustand|working condition|asset status|running status|operational status|instrument status",
    Field.SCRAP_DATE: "scrap date|disposal date|date disposed|disposed|sold date|date sold|retired date|retirement date|write-off date",
    Field.QUANTITY: "qty|quantity|count|units|pcs|number of units|no of units|anzahl|stück|q'ty|qnty|sets|quantity (sets)|no of machines|number of machines|total qty",
    Field.COUNT_UNIT: "unit|uom|unit of measure",
    Field.ORIGINAL_VALUE: "orig cost|orig value|acq cost|acq value|purch price|purchase cost|original value|original cost|purchase price|cost|value|price|unit price|acquisition cost|purchase cost|book value|amount|acquisition value|anschaffungswert|original price|purchase value|asset value|invoice value|gross value|capital cost|total cost|total price|historical cost|purchase amount|buying price|initial cost|unit cost",
    Field.CURRENCY: "currency|ccy|curr",
    Field.CATEGORY: "category|type|class|kind|equipment type|machine type|asset category|asset class|asset type|group|process|instrument class|instrument group|instrument type|family|classification|equipment category|machine category|machine class|tool type|resource type|equipment class|sub category|subcategory|sub-category",
    Field.LINE: "production line|belongs to line|line|parent|parent asset|parent id|assembly line|belongs to",
    Field.SHARED_FLAG: "shareable|available for share|available for sharing|for rent|rentable|available for rent|to share|open to others|share|can be shared",
    Field.IGNORE: (
        "net value|net book value|nbv|depreciation|accumulated depreciation|useful life|life|responsible|responsible person|custodian|owner|operator|user|keeper|phone|contact|supplier|dealer|contract no|invoice no|po no|country|country of origin|origin|made in|photo|picture|image|calibration date|calibration due|cal date|cal due|next calibration|due date|last calibration|calibration due date|next calibration date|last calibration date|warranty|warranty expiry|warranty date|next maintenance|last maintenance|maintenance date|next service|last service|created|created at|updated|updated at|modified|last updated|created by|salvage value|residual value|expiry date|expiration date|valid until|certificate no|cert no|source|usage|operations role|percent emsl owned|service center eligible|available hours|eus available hours|hours available|working hours|shift|energy|company|enterprise|interval|calibration interval|expected life|expected scrap date|planned disposal date"
    ),
}
FLAGS = re.compile(
    r"是否(?:已经|已|仍|还|处于|正在)?(?P<state>报废|处置|出售|在用|使用|启用|投用|停用|封存|闲置|外借|借出|出租在外|维修|故障|完好|正常)"
)
FLAGS_EN = re.compile(
    r"(?:is )?(?P<state>scrapped|disposed|sold|in use|active|idle|sealed|lent|inactive|retired)(?: ?\?| ?\(?y/?n\)?)?$"
)
ENDINGS_ZH: tuple[tuple[re.Pattern[str], Field], ...] = tuple(
    (re.compile(pattern), field)
    for pattern, field in (
        (
            r"^预计|^计划|^拟|^下次|^上次|^最近|有效期|到期|保修|质保|^检定|^校准|^保养|^维护|^供应商|^供货|^合同|^发票|^凭证|^附件|^备件|^配件|^盘点|折旧|净值|残值|负责人|责任人|保管人|联系人|电话",
            Field.IGNORE,
        ),
        (
            r"(?:租金|租价|租赁费|租赁价格?|出租价|机时费|机时单价|台时费|台班费|收费标准|收费|计价|服务价格?|共享价格?|共享单价|对外价格?|对外报价|使用费|使用收费|费率|单价标准|加工费|检测费|测试费|试验费|仓储费|运费|工时费|日租|月租|时租|外租价|报价|服务费|价目|价格标准|参考价格?|(?:校内|校外|院内|院外|对内|内部|外部|会员|非会员|园区内|园区外|工作日|节假日|加班|夜间|白班|夜班|含人工|不含人工|自主|委托|市场|优惠)(?:价|价格|收费|费用|单价|费率|标准)|按(?:小时|天|日|月|次|件|样|班|时)(?:租|计费|收费|计价)?|计费|租价|^(?:每|/)(?:小时|天|日|月|次|件|样))",
            Field.PRICE,
        ),
        (r"(?:出厂|机身|制造|序列|产品)(?:编?号|编码|序号)", Field.SERIAL_NUMBER),
        (r"(?:部门|单位|位置|地点|分类|类别|供应商|财务)(?:编码|代码|编号)$", Field.IGNORE),
        (
            r"(?:设备|资产|固资|机台|机床|机器|仪器|模具|工装|量具|器具|夹具|统一|管理|内部|本厂|公司|产线|线体)[^名]{0,6}(?:编号|编码|代码|代号|号)$|^(?:设备|资产|固定资产|仪器|机台|工装|模具)id$",
            Field.ASSET_NUMBER,
        ),
        (r"英文名", Field.IGNORE),
        (r"名称(?:规格|型号|及规格|及型号|描述)*$|品名", Field.NAME),
        (r"型号", Field.MODEL),
        (r"(?:购置|购入|采购|购买|购进|取得|购机|进厂|到货).{0,4}(?:日期|时间|年月|年份|年度|日)", Field.PURCHASE_DATE),
        (
            r"(?:启用|投产|投用|使用|入账|入帐|验收|安装|转固|入库|登记|出厂|制造|生产).{0,4}(?:日期|时间|年月|年份)",
            Field.OTHER_DATE,
        ),
        (r"(?:报废|处置|出售|核销).{0,2}(?:日期|时间)", Field.SCRAP_DATE),
        (r"(?:生产|制造).{0,3}(?:厂|商|企业|单位)|厂家|厂商|品牌", Field.MANUFACTURER),
        (r"(?:存放|安装|使用|放置|摆放|所在|保管).{0,4}(?:地点|位置|场所|地址|房间|处)|地点$|位置$", Field.LOCATION),
        (r"车间$", Field.AREA),
        (r"(?:设备|使用|运行|资产|技术|当前|目前|完好|机器|仪器).{0,4}(?:状态|状况|情况|现状)$", Field.STATUS),
        (r"原值|购置.{0,3}(?:价|金额|费)|采购.{0,3}(?:价|金额)|购买.{0,3}(?:价|金额)", Field.ORIGINAL_VALUE),
        (r"(?:技术|性能|规格|主要|设备).{0,4}(?:参数|指标|规格)|加工能力|技术规格", Field.SPECIFICATION),
        (r"(?:数量|台数|台套数)$", Field.QUANTITY),
        (r"备注|附注", Field.REMARKS),
        (r"(?:类别|类型|分类|种类)$", Field.CATEGORY),
    )
)
ENDINGS_EN: tuple[tuple[re.Pattern[str], Field], ...] = tuple(
    (re.compile(pattern), field)
    for pattern, field in (
        (
            r"\b(?:next|last|expected|planned|due|expiry|warranty|calibration|cal|net|depreciation|supplier|contract|invoice|contact|phone)\b",
            Field.IGNORE,
        ),
        (
            r"\b(?:rate|rent|rental|hire|fee|charge|tariff)s?\b|\b(?:price|cost) per\b|/(?:h|hr|hour|day|month|week|sample|piece)\b",
            Field.PRICE,
        ),
        (r"\bserial\b", Field.SERIAL_NUMBER),
        (
            r"\b(?:asset|equipment|machine|instrument|tool|inventory|fixture|mould|mold|gauge|device|resource)\s+(?:id|no|number|code|tag|nr)$",
            Field.ASSET_NUMBER,
        ),
        (
            r"\b(?:equipment|machine|instrument|asset|tool|item|device|line|service|display|resource)\s+name$",
            Field.NAME,
        ),
        (r"\bmodel\b", Field.MODEL),
        (r"\b(?:manufacturer|maker|brand|vendor)\b", Field.MANUFACTURER),
        (
            r"\b(?:purchase|acquisition|bought)\b.*\b(?:date|year)\b|\b(?:date|year)\b.*\b(?:purchase|acquisition)\b",
            Field.PURCHASE_DATE,
        ),
        (r"\b(?:install|installation|commission\w*|service|start)\b.*\bdate\b", Field.OTHER_DATE),
        (r"\b(?:location|room)\b", Field.LOCATION),
        (r"\bstatus\b|\bcondition$", Field.STATUS),
        (r"\b(?:original|purchase|acquisition)\b.*\b(?:value|price|cost)\b", Field.ORIGINAL_VALUE),
        (r"\b(?:specs?|specifications?)\b", Field.SPECIFICATION),
        (r"\b(?:qty|quantity)\b", Field.QUANTITY),
        (r"\b(?:remarks?|notes?|comments?)\b", Field.REMARKS),
        (r"\b(?:category|class)$", Field.CATEGORY),
    )
)
