"""Over a small index: which places may answer a question, and which of them comes first."""

from __future__ import annotations

from datetime import date

import pytest

from index import Document, Passage, Published, build_index
from rag import Hit, Retriever
from rag.evidence import Evidence, gather, is_known, word_weights
from rag.features import agreement, contraries, contrary, date_fit, form_fit
from rag.question import understand
from rag.reading import read

TODAY = date(2025, 6, 1)
NEW = """临江新区:制造业挑大梁

今年一季度,临江新区规上工业增加值达171.51亿元,同比增长8.1%;数字经济核心产业增加值34.01亿元。

去年,临江新区规上工业总产值突破3700亿元,今年力争规上工业总产值突破4000亿元。

新区推动“四链融合”,即创新链、产业链、人才链、资金链深度融合。临江研究院所长王立新说,二期厂房将于2026年7月完工。
"""
OLD = """临江新区两年答卷

2022年,临江新区规上工业增加值达650.2亿元,连续三年位居全市第一,是全市工业的压舱石。

截至目前,新区累计有企业1200余家、高校14所,港口码头3座,这些都是发展的底气所在。
"""
METADATA = '["new.txt"]\npublished = "2025-05-16"\n\n["old.txt"]\npublished = "2023-06"\n'


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("evidence")
    for name, text in (("new.txt", NEW), ("old.txt", OLD), ("metadata.toml", METADATA)):
        (folder / name).write_text(text, encoding="utf-8")
    build_index(folder, folder / "index")
    return Retriever.load(folder / "index")


def gathered(text: str, retriever: Retriever) -> list[Evidence]:
    hits = retriever.search(text)
    readings = [read(hit.passage, retriever.documents[hit.passage.doc_id]) for hit in hits]
    return gather(understand(text, today=TODAY), hits, readings, {}, retriever.index)


def words(evidence: Evidence) -> str:
    return evidence.reading.passage.text[evidence.start : evidence.end]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("临江新区2025年一季度规上工业增加值是多少?", "171.51亿元"),
        ("临江新区2022年规上工业增加值是多少?", "650.2亿元"),
        ("临江新区数字经济核心产业增加值是多少?", "34.01亿元"),
        ("临江新区规上工业增加值增长百分之几?", "8.1%"),
        ("临江新区2025年规上工业总产值的目标是多少?", "突破4000亿元"),
        ("临江新区2024年规上工业总产值是多少?", "突破3700亿元"),
        ("临江新区有多少所高校?", "14所"),
        ("二期厂房什么时候完工?", "2026年7月"),
    ],
)
def test_the_place_that_answers_comes_first(question: str, first: str, retriever: Retriever) -> None:
    assert words(gathered(question, retriever)[0]) == first


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("临江新区的增加值增长百分之几?", {"8.1%"}),
        ("临江新区有多少所高校?", {"1200余家", "14所", "3座"}),  # measure words stand for each other
        ("厂房什么时候完工?", {"去年", "今年", "今年一季度", "2026年7月", "2022年", "截至目前"}),
    ],
)
def test_only_what_is_of_the_kind_asked_for_is_a_place(
    question: str, only: set[str], retriever: Retriever
) -> None:
    places = {words(evidence) for evidence in gathered(question, retriever)}
    assert places
    assert places <= only


def test_a_list_is_looked_for_among_the_enumerations(retriever: Retriever) -> None:
    best = gathered("“四链融合”是哪四条链?", retriever)[0]
    assert all(link in words(best) for link in ("创新链", "产业链", "人才链", "资金链"))


def test_the_best_come_first_and_a_second_look_finds_the_same(retriever: Retriever) -> None:
    found = gathered("临江新区规上工业增加值是多少?", retriever)
    assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)
    assert found == gathered("临江新区规上工业增加值是多少?", retriever)
    for evidence in found:
        start, end = evidence.reading.sentences[evidence.sentence]
        assert start <= evidence.start < evidence.end <= end


def test_what_stands_nowhere_near_is_missing_and_lowers_the_coverage(retriever: Retriever) -> None:
    best = gathered("临江新区的火星移民有多少家企业?", retriever)[0]
    assert {"火星", "移民"} <= set(best.missing)
    assert "企业" not in best.missing
    assert best.features.coverage < gathered("临江新区有多少家企业?", retriever)[0].features.coverage


def test_words_count_by_rarity_and_together_one(retriever: Retriever) -> None:
    question = understand("企业有多少座码头?", today=TODAY)
    plain, raised = (word_weights(question, head, retriever.index) for head in ("", "企业"))
    assert sum(plain.values()) == pytest.approx(sum(raised.values())) == pytest.approx(1)
    assert plain["码头"] > plain["企业"] > 0
    assert raised["企业"] > plain["企业"]


def test_a_question_without_words_has_no_weights(retriever: Retriever) -> None:
    question = understand("多少?", today=TODAY)
    assert word_weights(question, question.head, retriever.index) == {}


@pytest.mark.parametrize(
    ("word", "known"),
    [("临江", True), ("临江区", True), ("码头", True), ("四链", True), ("火星", False), ("python", False)],
)
def test_which_words_the_documents_have(word: str, known: bool, retriever: Retriever) -> None:
    assert is_known(word, retriever.index) is known


@pytest.mark.parametrize(
    ("question", "expression", "fit"),
    [
        ("哪一年完工?", "2026年7月", 1),
        ("哪一年完工?", "7月底", -1),
        ("哪一年完工?", "今年", -1),  # which that is, the reader may not know
        ("几月几号完工?", "2026年7月8日", 1),
        ("哪一天完工?", "2026年7月", -1),
        ("哪个月完工?", "今年7月", 1),
        ("哪个季度完工?", "今年三季度", 1),
        ("哪个季度完工?", "今年7月", -1),
        ("什么时候完工?", "7月底", 0),
    ],
)
def test_whether_a_date_is_as_fine_as_asked_for(question: str, expression: str, fit: float) -> None:
    assert date_fit(understand(question, today=TODAY), expression) == fit


@pytest.mark.parametrize(
    ("question", "segment", "against"),
    [
        ("零售量环比下降多少?", "同比下降5%", 1),
        ("零售量环比下降多少?", "环比下降8%", 0),
        ("零售量环比下降多少?", "下降8%", 0),
        ("零售量同比、环比各下降多少?", "同比下降5%", 0),
        ("零售量下降多少?", "同比下降5%", 0),
        ("缴费基数下限是多少?", "上限33891元", 1),
        ("出口额是多少?", "进出口总额9亿元", 1),
        ("进出口总额是多少?", "出口9亿元", 1),
        ("进口和出口各是多少?", "进出口总额9亿元", 0),
        ("有几家市级工厂?", "省级工厂2家", 1),
    ],
)
def test_what_is_said_of_the_contrary(question: str, segment: str, against: float) -> None:
    assert contrary(contraries(understand(question, today=TODAY)), segment) == against


@pytest.mark.parametrize(
    ("question", "given"),
    [("举办了多少届大会?", ["两届"]), ("这是第几届大会?", ["第三届"]), ("排名第几?", ["第26位"])],
)
def test_places_in_an_order_are_no_amounts(question: str, given: list[str], retriever: Retriever) -> None:
    text = "大会办了两届,今年是第三届,城市指数排名第26位。"
    reading = read(Passage("a.txt:0", "a.txt", 0, len(text), text), Document("a.txt", "", text))
    found = gather(
        understand(question, today=TODAY), [Hit(1, 1.0, reading.passage)], [reading], {}, retriever.index
    )
    assert words(found[0]) == given[0]


def test_a_title_says_nothing_of_when(retriever: Retriever) -> None:
    text = "《“十四五”推进通道建设实施方案》提出,工程今年9月底完成铺轨。"
    document = Document("a.txt", "", text)  # without a date
    reading = read(Passage("a.txt:0", "a.txt", 0, len(text), text), document)
    asked = understand("什么时候完成铺轨?", today=TODAY)
    found = gather(asked, [Hit(1, 1.0, reading.passage)], [reading], {}, retriever.index)
    assert [words(e) for e in found] == ["今年9月底"]


@pytest.mark.parametrize(
    ("question", "sentence", "least", "most"),
    [
        ("增加值是多少?", "今年一季度增加值9亿元。", 0, 0),  # no period is asked for
        ("2025年一季度增加值是多少?", "今年一季度增加值9亿元。", 1, 1),
        ("2025年增加值是多少?", "今年一季度增加值9亿元。", 0.01, 0.99),  # a part of it
        (
            "2025年3月增加值是多少?",
            "今年一季度增加值9亿元。",
            -1,
            -1,
        ),  # what holds of the quarter needn't of the month
        ("2025年上半年增加值是多少?", "5月份增加值9亿元。", -1, -1),
        ("2025年上半年有几家企业?", "截至5月15日集聚企业9家。", 0.01, 0.99),  # a state, not a stretch
        ("2025年有几家企业?", "集聚企业9家。", 0.01, 0.99),  # dated by the document alone
        ("2023年有几家企业?", "集聚企业9家。", -0.99, -0.01),
        ("2024年一季度增加值是多少?", "今年一季度增加值9亿元。", -1, -1),
        ("2025年二季度增加值是多少?", "今年一季度增加值9亿元。", -1, -1),
        ("2024年增加值是多少?", "2022年增加值9亿元。", -1, -1),
        ("2025年全年增加值是多少?", "今年一季度增加值9亿元。", -1, -1),  # the whole year, not a part
        ("2024年上半年收入是多少?", "去年收入9亿元。", -1, -1),  # the year was over: it is of all of it
        ("2024年底有几家企业?", "去年累计有企业9家。", 0.01, 0.99),  # as the year left it
        ("2025年发了多少钱?", "15年来累计发放9亿元。", -1, -1),
        ("截至2025年春近三年平均增长多少?", "近3年平均增长9%。", 0.01, 0.99),
        ("2026年收入是多少?", "收入9亿元。", -1, -1),  # told before
        ("2025年上半年收入是多少?", "收入9亿元。", -1, -1),  # told before it was over
        ("到2025年上半年累计有几家企业?", "集聚企业9家。", 0.01, 0.99),
        ("2026年收入目标是多少?", "收入9亿元。", -0.99, 0.99),
    ],
)
def test_how_well_a_figures_period_fits(question: str, sentence: str, least: float, most: float) -> None:
    document = Document("a.txt", "", sentence, published=Published.parse("2025-05-16"))
    reading = read(Passage("a.txt:0", "a.txt", 0, len(sentence), sentence), document)
    figure = reading.figures[-1]
    assert least <= agreement(understand(question, today=TODAY), figure, reading) <= most


@pytest.mark.parametrize(
    ("question", "sentence", "least", "most"),
    [
        ("2023年上半年利润下降多少?", "6月份利润下降8.3%。", -1, -1),  # whichever year that was
        ("2023年上半年利润下降多少?", "上半年利润下降8.3%。", 0, 0),
        ("2023年利润下降多少?", "6月份利润下降8.3%。", 0, 0),
        ("截至2023年7月24日有几家企业?", "今年已有9家企业。", 0, 0),
    ],
)
def test_how_well_a_period_of_an_unknown_year_fits(
    question: str, sentence: str, least: float, most: float
) -> None:
    reading = read(Passage("a.txt:0", "a.txt", 0, len(sentence), sentence), Document("a.txt", "", sentence))
    (figure,) = reading.figures
    assert least <= agreement(understand(question, today=TODAY), figure, reading) <= most


def places(question: str, text: str, retriever: Retriever) -> list[str]:
    """What may answer a question in a text, best first."""
    document = Document("a.txt", "", text, published=Published.parse("2025-05-16"))
    reading = read(Passage("a.txt:0", "a.txt", 0, len(text), text), document)
    asked = understand(question, today=TODAY)
    return [words(e) for e in gather(asked, [Hit(1, 1.0, reading.passage)], [reading], {}, retriever.index)]


@pytest.mark.parametrize(
    ("question", "text", "given"),
    [
        ("通车后要多久?", "工程新增22锚段,通车后最快45分钟可达。", ["45分钟"]),
        ("装机规模多大?", "装机规模连续10年位居第一,超过4.7亿千瓦。", ["第一", "超过4.7亿千瓦"]),
        ("轮胎产能有多大?", "投资5亿美元的项目年产1400万条轮胎。", ["1400万条"]),
        ("贷款总量有多大?", "贷款余额9亿元,同比增长8%。", ["9亿元"]),
        ("总投资是多少?", "本项目有22人,总投资540万。", ["540万"]),
        ("什么时候开工?", "截至5月15日签约9个,项目3月7日开工。", ["3月7日"]),
        ("截至哪天算?", "租住截至5月15日。", ["截至5月15日"]),
        ("什么时候开工?", "本报5月15日电 项目3月7日开工。", ["3月7日"]),
    ],
)
def test_what_can_be_no_answer_is_no_place(
    question: str, text: str, given: list[str], retriever: Retriever
) -> None:
    assert sorted(places(question, text, retriever)) == sorted(given)


@pytest.mark.parametrize(
    ("question", "text", "first"),
    [
        ("农村居民收入多少元?", "城镇、农村居民收入分别为39728元和23126元。", "23126元"),
        ("城镇居民收入多少元?", "城镇、农村居民收入分别为39728元和23126元。", "39728元"),
        (
            "锂电池出口增长多少?",
            "太阳能电池、电动汽车、锂离子蓄电池出口分别增长59.6%、175.7%、53.6%。",
            "53.6%",
        ),
        ("到成都要多久?", "到南充、成都、重庆的时间缩短至35分钟、145分钟、105分钟。", "145分钟"),
        ("进出口增长多少?", "进出口占外贸总值的52.9%,进出口增长6.7%。", "6.7%"),
        ("普通高中招多少人?", "普通高中每班不超过45人,招生9.5万人。", "9.5万人"),
        ("停业15天吗,停多久?", "甲公司停业不少于15天,乙公司停业7天。", "7天"),
    ],
)
def test_of_several_figures_the_one_asked_for(
    question: str, text: str, first: str, retriever: Retriever
) -> None:
    assert places(question, text, retriever)[0] == first


@pytest.mark.parametrize(
    ("question", "sentence", "fit"),
    [
        ("“四电”是什么意思?", "接触线是“四电”(通信、信号、电力和牵引供电)之一。", 5),
        ("什么是千项万亿?", "“千项万亿”工程,是布局未来的战略。", 5),
        ("什么是政策性粮食?", "政策性粮食,是指政府委托储存的粮食。", 5),
        ("六链融合是什么意思?", "借助创新链、产业链和服务链的“六链融合”。", 5),
        ("什么是未来工厂?", "第一个“5”指五千亿级产业规模。", 3),  # defines something
        ("什么是未来工厂?", "未来工厂即将建成。", 0),
        ("什么是未来工厂?", "累计认定3家未来工厂和15家智能工厂(数字化车间)。", 0),
        ("“约法三章”是哪三条?", "严格执行“约法三章”:楼馆一律不得新建,人员只减不增,经费只减不增。", 1),
        ("“五辅”是哪五个?", "“五辅”即雄县、容城、安新县城及寨里、昝岗五个组团。", 0),
        ("“五辅”是哪五个?", "“五辅”包括雄县、容城。", -1),
        ("三个梯度各叫什么?", "以“创新型”“专精特新”“小巨人”三个梯度培育。", 0),
        ("哪三部法规?", "通过了《甲条例》《乙条例》《丙规定》。", 0),
    ],
)
def test_whether_a_sentence_has_the_form_of_an_answer(question: str, sentence: str, fit: float) -> None:
    reading = read(Passage("a.txt:0", "a.txt", 0, len(sentence), sentence), Document("a.txt", "", sentence))
    assert form_fit(understand(question, today=TODAY), reading, 0) == fit
