"""The kind of thing that 谁, 哪里 and 哪家 ask for, and the signs of it in a sentence."""

from __future__ import annotations

import re
from typing import Final

_SURNAME: Final = (
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛"
    "邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文房蒋庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜]"
)
_ROLE: Final = "负责人|所长|主任|董事长|总经理|经理|院长|校长|书记|市长|区长|县长|局长|处长|主席|会长|教授|院士|博士|专家|记者|代表|工程师|总监|创始人"

# What is asked for -> how a question asks for it, how a sentence gives it.
_SIGNS: Final = (
    (
        re.compile(r"哪里|哪儿|在哪|何处|什么地方|什么位置|位置|地点|地址|坐落"),
        re.compile(
            r"(?:在|位于|地处|坐落于|落户|落地)[^,。]{2,14}?(?:一带|境内|附近|区|市|县|镇|街道|村|路|山|园|谷|港|湾|城|站|岛|楼|中心|基地)"
        ),
    ),
    (
        re.compile(r"谁|哪位|何人|什么人|姓名|叫什么名字|who\b"),
        re.compile(
            rf"(?:{_ROLE}){_SURNAME}[\u3400-\u9fff]{{1,2}}|{_SURNAME}[\u3400-\u9fff]{{1,2}}(?:告诉|说|表示|介绍|认为|指出|带领|{_ROLE})"
        ),
    ),
    (
        re.compile(
            r"[哪什][家所个么](?:的)?(?:企业|公司|机构|单位|部门|大学|高校|学校|医院|集团|团队|银行|组织)|哪[家所]|which university"
        ),
        re.compile(
            r"公司|集团|企业|大学|学院|研究[所院]|医院|[局委厅部](?![分门属队])|中心|协会|团队|银行|股份"
        ),
    ),
)


def gives_what_is_sought(question: str, sentence: str) -> bool:
    """Whether a folded question asks for a place, a person or an organisation and a sentence has one."""
    return any(asks.search(question) and gives.search(sentence) for asks, gives in _SIGNS)
