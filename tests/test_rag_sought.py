from __future__ import annotations

import pytest

from rag.sought import gives, sought


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("项目在哪里?", "地点"),
        ("这件事是谁提出的?", "人名"),
        ("项目负责人是谁?", "人名"),
        ("卖给了哪家客户?", "单位"),
        ("哪个大学参与了研究?", "单位"),
        ("她担任什么职务?", "职务"),
        ("为什么取消?", "原因"),
        ("这种药治什么病?", "病症"),
        ("目标为何?", None),
        ("迟报的如何处置?", None),
        ("增加值是多少?", None),
    ],
)
def test_the_kind_of_thing_asked_for(question: str, name: str | None) -> None:
    kind = sought(question)
    assert (kind and kind.name) == name


@pytest.mark.parametrize(
    ("question", "sentence", "names", "given"),
    [
        ("项目负责人是谁?", "工程负责人蒋敏明介绍,主体已经封顶。", (), True),
        ("项目负责人是谁?", "项目主要负责人说,主体已经封顶。", (), False),
        ("泵卖给了哪家客户?", "德帕姆(杭州)泵业科技有限公司研发的泵下线。", ("德帕姆",), False),
        ("泵卖给了哪家客户?", "德帕姆公司的泵交付给中海油集团。", ("德帕姆",), True),
        ("她担任什么职务?", "梁素霞帮助企业拿到两项发明专利。", (), False),
        ("她担任什么职务?", "梁素霞是研究所所长。", (), True),
        ("治什么病?", "该药获批上市。", (), False),
        ("治什么病?", "该药用于治疗肺癌。", (), True),
        ("为什么停工?", "由于台风,工地停工。", (), True),
        ("哪家银行去了积玉桥街道?", "积玉桥街道与中国银行武昌支行联合走访。", ("积玉桥",), True),
        ("招聘会的地址是哪里?", "郑州人力资源市场(经北二路50号)。", (), True),
    ],
)
def test_a_sentence_that_gives_it(
    question: str, sentence: str, names: tuple[str, ...], given: bool
) -> None:
    kind = sought(question)
    assert kind is not None
    assert gives(kind, sentence, names) is given
