"""The kind of thing that 谁, 哪里, 哪家 and 为什么 ask for, and the signs of it in a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_SURNAME: Final = (
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛"
    "邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文房蒋庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜]"
)
_ROLE: Final = "负责人|所长|主任|董事长|总经理|经理|院长|校长|书记|市长|区长|县长|局长|处长|主席|会长|教授|院士|博士|专家|记者|代表|工程师|总监|创始人"


@dataclass(frozen=True, slots=True)
class Sought:
    """A kind of thing: its name, how a question asks for it and how a sentence gives it.

    ``sure`` is 2 where a sentence without the signs hardly ever gives one, 1 where that is so if words
    of the question are missing too, 0 where the signs are too few to tell.
    """

    name: str
    asks: re.Pattern[str]
    gives: re.Pattern[str]
    sure: int = 0


_OFFICE: Final = (
    "负责人|所长|主任|董事长|总经理|院长|校长|书记|市长|区长|县长|局长|处长|主席|会长|总监|创始人"
)
_PERSON: Final = re.compile(
    rf"(?:{_ROLE}){_SURNAME}[\u3400-\u9fff]{{1,2}}|{_SURNAME}[\u3400-\u9fff]{{1,2}}(?:告诉|说|表示|介绍|认为|指出|带领|{_ROLE})"
)
_KINDS: Final = (
    Sought(
        "人名",
        re.compile(rf"(?:{_OFFICE}).{{0,4}}(?:谁|哪位|姓名|叫什么)|谁是.{{1,24}}(?:{_OFFICE})"),
        _PERSON,
        sure=2,
    ),
    Sought(
        "地点",
        re.compile(r"哪里|哪儿|在哪|(?<!如)何处(?!理|置|罚)|什么地方|什么位置|位置|地点|地址|坐落"),
        re.compile(
            r"[路街道巷]\d+号|(?:在|位于|地处|坐落于|落户|落地)[^,。]{2,14}?(?:一带|境内|附近|区|市|县|镇|街道|村|路|山|园|谷|港|湾|城|站|岛|楼|中心|基地)"
        ),
    ),
    Sought(
        "人名",
        re.compile(r"谁|哪位|何人|什么人|姓名|叫什么名字|who\b"),
        _PERSON,
    ),
    Sought(
        "单位",
        re.compile(
            r"[哪什][家所个么](?:的)?(?:企业|公司|机构|单位|部门|大学|高校|学校|医院|集团|团队|银行|组织|客户|用户|买家|供应商)|哪[家所]|which university"
        ),
        re.compile(
            r"[^,。;:、与和]*?(?:公司|集团|企业|大学|学院|研究[所院]|医院|[局委厅部](?![分门属队])|中心|协会|团队|银行|股份)"
        ),
        sure=1,
    ),
    Sought(
        "职务",
        re.compile(r"什么职[务位]|(?:担任|出任)什么|职[务位]是"),
        re.compile(rf"{_ROLE}|部长|议员|委员|顾问|司令|总督|都统|任[^,。]{{2,}}"),
        sure=1,
    ),
    Sought(
        "原因",
        re.compile(r"为什么|为何(?!物|[?。 ]*$)|什么原因|原因是|因何"),
        re.compile(
            r"因|由于|为了|以便|得益于|基于|旨在|考虑|以免|避免|所以|导致|目的|使得|理由|鉴于|受[^,。]{1,12}影响|为[^,。;]{2,20},"
        ),
    ),
    Sought(
        "病症",
        re.compile(r"什么病|哪种病|什么疾病|什么症状?|哪种疾病"),
        re.compile(r"病|症|癌|炎|瘤|疾|感染|综合征|障碍|中毒|疫"),
        sure=1,
    ),
)


def sought(question: str) -> Sought | None:
    """The kind of thing that a folded question asks for; None if it is none of those known."""
    return next((kind for kind in _KINDS if kind.asks.search(question)), None)


def gives(kind: Sought, sentence: str, names: Collection[str] = ()) -> bool:
    """Whether a folded sentence has something of a kind; a thing that the question names itself is none."""
    return any(not any(name in found[0] for name in names) for found in kind.gives.finditer(sentence))
