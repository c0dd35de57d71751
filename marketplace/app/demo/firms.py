"""The firms of the demo park: invented names, made for a park of machine shops, moulders, labs and warehouses."""

ZONES = (
    ("north-1", "北一区", "North 1", ((34, 58), (94, 28), (132, 32), (132, 92), (42, 110)), 31.3105, 120.6205),
    ("north-2", "北二区", "North 2", ((146, 33), (184, 36), (230, 68), (232, 114), (146, 96)), 31.3110, 120.6330),
    ("testing", "检测谷", "Testing Valley", ((34, 124), (128, 105), (134, 151), (36, 149)), 31.3035, 120.6200),
    ("logistics", "物流港", "Logistics Port", ((142, 106), (232, 124), (234, 138), (142, 152)), 31.3040, 120.6340),
    ("south-1", "南一区", "South 1", ((34, 192), (134, 194), (134, 272), (78, 268), (34, 224)), 31.2960, 120.6205),
    ("south-2", "南二区", "South 2", ((146, 186), (236, 170), (220, 234), (164, 268), (146, 266)), 31.2955, 120.6335),
)
STEMS = (
    ("砺川", "Lichuan"), ("岚桥", "Lanqiao"), ("赤松", "Chisong"), ("望澜", "Wanglan"), ("榆岭", "Yuling"),
    ("禾渡", "Hedu"), ("晟桐", "Shengtong"), ("楚原", "Chuyuan"), ("苏岭", "Suling"), ("青梧", "Qingwu"),
    ("临溪", "Linxi"), ("远岫", "Yuanxiu"), ("云杉", "Yunshan"), ("栖石", "Qishi"), ("鹿鸣", "Luming"),
    ("沐川", "Muchuan"), ("景澄", "Jingcheng"), ("柏舟", "Baizhou"), ("星野", "Xingye"), ("北辰坞", "Beichenwu"),
    ("泽润", "Zerun"),
)  # fmt: skip
TRADES = (
    ("精密机械", "Precision Machinery", "C348"),
    ("模具科技", "Tooling", "C352"),
)
PEOPLE = ("王工", "李工", "赵工", "陈工", "刘工", "周工", "吴工", "郑工")
MAKERS = (
    ("海铭", "Haiming"),
    ("维拓", "Vitor"),
    ("赫隆", "Helong"),
    ("德岳", "Deyue"),
    ("禾工", "Hegong"),
    ("望远", "Wangyuan"),
)
