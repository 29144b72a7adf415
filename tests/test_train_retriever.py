"""The making of an embedding model on a hundred lines of made-up text, from data to a model that is used."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import sparse
from sentence_transformers.sentence_transformer.modules import StaticEmbedding

from index import load_encoder
from train.__main__ import main
from train.data import InvalidData
from train.heldout import HeldOut
from train.retriever.batches import Batch, Examples, draw, passage_bags, text_bags
from train.retriever.model import save_model
from train.retriever.prepare import load_prepared, prepare
from train.retriever.table import gradient, new_table, sums
from train.retriever.tokenizer import make_tokenizer
from train.retriever.training import Plan, learn

PLACES = [f"{a}{b}" for a in "临望钱富桐淳萧余上下" for b in "江山溪岭湖州"]
THINGS = ("桥梁", "水库", "医院", "学校", "车站", "公园", "港口", "机场", "电厂", "隧道")
TINY = ["--tokens", "2000", "--dimension", "16", "--batch", "32", "--steps", "12"]


def news(number: int) -> str:
    """One of many made-up articles, each about a place and a thing of its own."""
    place, thing, other = PLACES[number % 60], THINGS[number % 10], THINGS[(number * 7 + 3) % 10]
    return (
        f"{place}市{thing}昨日开工建设,总投资{number + 3}.5亿元,计划工期{number % 5 + 1}年。"
        f"项目由{place}{thing}集团负责实施,建成后每年可服务{number + 20}万人次。"
        f"同时,{place}市{other}改造工程也已列入今年计划,预计于2024年{number % 12 + 1}月完成。"
        f"当地居民告诉记者,{place}的{thing}早已不够用,大家都盼望新的设施早日投入使用。"
    ) * (1 + number % 2)


def pack(path: Path, lines: list[str]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of a hundred lines: news, questions, a dev set."""
    folder = tmp_path_factory.mktemp("data")
    pack(folder / "news.txt.xz", [news(number) for number in range(60)])
    rows = []
    for number in range(40):
        text, answer = news(number), f"{number + 3}.5亿元"
        question = f"{PLACES[number]}市{THINGS[number % 10]}总投资多少?"
        answers = [{"text": answer, "start": text.index(answer)}]
        rows.append(json.dumps({"question": question, "context": text, "answers": answers}))
    pack(folder / "qa.jsonl.xz", rows)
    common = 'origin = "made up"\nlicence = "none"\nweight = 1.0\n'
    (folder / "sources.toml").write_text(
        f'[[source]]\nfile = "news.txt.xz"\nkind = "articles"\nmade = 50\n{common}'
        f'[[source]]\nfile = "qa.jsonl.xz"\nkind = "questions"\n{common}',
        encoding="utf-8",
    )
    docs = folder / "dev" / "toy" / "docs"
    docs.mkdir(parents=True)
    gold = []
    for number in range(4):
        text = f"{PLACES[50 + number]}县图书馆藏书共有{number + 2}万册,每周开放六天。"
        (docs / f"{number}.txt").write_text(text, encoding="utf-8")
        item = {
            "id": f"q{number}",
            "question": f"{PLACES[50 + number]}县图书馆藏书多少?",
            "type": "fact_number",
            "answerable": True,
            "answers": [f"{number + 2}万册"],
            "evidence": [{"file": f"{number}.txt", "quote": text}],
        }
        gold.append(json.dumps(item, ensure_ascii=False) + "\n")
    (docs.parent / "gold.jsonl").write_text("".join(gold), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def work(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is prepared from the data."""
    folder = tmp_path_factory.mktemp("work")
    prepare(data, folder, tokens=2000, seed=0)
    return folder


@pytest.fixture(scope="module")
def examples(work: Path) -> Examples:
    return load_prepared(work).examples


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model made by the command."""
    model = tmp_path_factory.mktemp("models") / "made"
    assert main(["retriever", "--data", str(data), "--out", str(model), *TINY]) == 0
    return model


# The tokenizer


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("水库开工", ["水库", "开工"]),
        ("水库,开工。", ["水库", "开工"]),  # punctuation says nothing
        ("2024年", ["2024", "年"]),
        ("增长8%", ["增长", "8", "%"]),
    ],
)
def test_words_characters_and_short_numbers_are_tokens(text: str, tokens: list[str]) -> None:
    seen = ["水库开工,2024年增长8%"] * 3
    assert make_tokenizer(seen, 100).encode(text).tokens == tokens


def test_of_two_ways_to_cut_the_likelier_is_taken() -> None:
    tokenizer = make_tokenizer(["研究。生命。研究。生命。研究生。命。"] * 2, 100)
    assert tokenizer.encode("研究生命").tokens == ["研究", "生命"]


def test_the_vocabulary_is_as_large_as_asked() -> None:
    assert make_tokenizer([news(number) for number in range(60)], 50).get_vocab_size() == 50


# The batches


def test_a_batch_has_a_passage_for_every_question(examples: Examples) -> None:
    batch = draw(examples, 64, np.random.default_rng(0))
    assert batch.questions.shape == (64, examples.vocabulary)
    assert batch.passages.shape[0] > 64  # hard negatives beyond
    assert (batch.questions.sum(axis=1) > 0).mean() > 0.9
    assert batch.passages.data.min() >= 0  # no sentence is taken out of another passage
    assert (batch.same[0] != batch.same[1]).all()


def test_batches_depend_on_the_seed_alone(examples: Examples) -> None:
    first, second, other = (draw(examples, 32, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first.questions != second.questions).nnz == 0
    assert (first.passages != second.passages).nnz == 0
    assert (first.questions != other.questions).nnz > 0


def test_a_passage_is_the_sum_of_its_sentences(examples: Examples) -> None:
    sentences = np.arange(examples.passages[3], examples.passages[4])
    whole = passage_bags(examples, np.array([3])).toarray()[0]
    assert (whole == text_bags(examples, sentences).toarray().sum(axis=0)).all()


# The learning


def loss(table: torch.Tensor, batch: Batch) -> torch.Tensor:
    """The same loss as it stands in books, for torch to differentiate."""
    questions, passages = (
        torch.nn.functional.normalize(torch.from_numpy(bags.toarray()) @ table, dim=1)
        for bags in (batch.questions, batch.passages)
    )
    logits = questions @ passages.T / 0.05
    logits[batch.same[0], batch.same[1]] = -2 / 0.05
    right = torch.arange(len(questions))
    there = torch.nn.functional.cross_entropy(logits, right)
    back = torch.nn.functional.cross_entropy(logits[:, : len(questions)].T, right)
    return there + 0.3 * back


def test_the_gradient_is_that_of_the_loss(examples: Examples) -> None:
    batch = draw(examples, 32, np.random.default_rng(0))
    table = new_table(examples.vocabulary, 16, seed=0).requires_grad_()
    loss(table, batch).backward()  # type: ignore[no-untyped-call]
    found, _ = gradient(table.detach(), batch)
    assert table.grad is not None
    alike = torch.nn.functional.cosine_similarity(found.flatten(), table.grad.flatten(), dim=0)
    assert alike > 0.999
    assert found.norm() == pytest.approx(float(table.grad.norm()), rel=0.02)


def test_sums_are_the_product() -> None:
    bags = sparse.csr_array(np.array([[1, 0, 2], [0, 0, 0], [0, 3, 0]], np.float32))
    table = torch.arange(6.0).reshape(3, 2)
    assert torch.equal(sums(bags, table), torch.from_numpy(bags.toarray()) @ table)


def test_a_resumed_run_ends_as_one_that_was_not(examples: Examples, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    plan = Plan(steps=8, dimension=8, batch=16)
    whole = learn(examples, plan, tmp_path)

    def stop_after(step: int) -> None:
        if step == 4:
            raise Stopped

    with pytest.raises(Stopped):
        learn(examples, plan, tmp_path, between=0, each=stop_after)
    resumed = learn(examples, plan, tmp_path, resume=True)
    assert resumed.steps == whole.steps == 8
    assert torch.allclose(resumed.table, whole.table, atol=1e-6)
    assert not torch.allclose(
        learn(examples, Plan(steps=4, dimension=8, batch=16), tmp_path).table, whole.table
    )


def test_there_must_be_a_fitting_checkpoint_to_resume(examples: Examples, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="to resume from"):
        learn(examples, Plan(steps=1), tmp_path, resume=True)
    learn(examples, Plan(steps=1, dimension=8, batch=8), tmp_path)
    with pytest.raises(InvalidData, match="of another run"):
        learn(examples, Plan(steps=1, dimension=16, batch=8), tmp_path, resume=True)
    (tmp_path / "checkpoint.pt").write_bytes(b"broken")
    with pytest.raises(InvalidData, match="can't be read"):
        learn(examples, Plan(steps=1, dimension=8, batch=8), tmp_path, resume=True)


# The model


def test_a_model_in_eight_bits_is_nearly_the_same(work: Path, tmp_path: Path) -> None:
    tokenizer = load_prepared(work).tokenizer
    table = new_table(tokenizer.get_vocab_size(), 32, seed=0)
    save_model(tmp_path / "model", tokenizer, table)
    module = StaticEmbedding.load(str(tmp_path / "model"), local_files_only=True)
    loaded = module.embedding.weight.detach().float()
    assert module.tokenizer.to_str() == tokenizer.to_str()
    assert torch.equal(loaded[0], torch.zeros(32))
    assert torch.allclose(loaded[1:], table[1:], atol=0.002)
    assert (tmp_path / "model" / "model.safetensors").stat().st_size < 1.3 * table.numel() + 1000
    vector = load_encoder(str(tmp_path / "model")).encode_passages(["水库"])[0]
    expected = table[tokenizer.encode("水库").ids].sum(dim=0)
    assert vector @ (expected / expected.norm()).numpy() > 0.999


def test_the_command_makes_a_model_with_its_card(made: Path) -> None:
    assert load_encoder(str(made)).dimension == 16
    card = (made / "README.md").read_text(encoding="utf-8")
    assert "12 steps of 32 questions" in card
    assert "| made up |" in card
    assert "| toy, fused |" in card


def test_learning_helps(data: Path, examples: Examples, tmp_path: Path) -> None:
    learnt = learn(examples, Plan(steps=40, dimension=16, batch=32), tmp_path)
    batch = draw(examples, 64, np.random.default_rng(99))
    _, before = gradient(new_table(examples.vocabulary, 16, seed=0), batch)
    _, after = gradient(learnt.table, batch)
    assert after > before


def test_models_are_scored_side_by_side(made: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, documents = data / "dev" / "toy" / "gold.jsonl", data / "dev" / "toy" / "docs"
    extra = ["--gold", str(gold), "--documents", str(documents)]
    assert main(["score", "static", str(made), "--data", str(data), *extra]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| toy, alone",
        "| toy, fused",
        "| gold, alone",
        "| gold, fused",
        "| MB",
        "| passages a second",
    ]
    assert all(line.count("|") == 4 for line in lines)
    assert "1.000" in lines[3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retriever", "--data", "nowhere", "--out", "m"], "nowhere"),
        (["retriever", "--data", "DATA", "--out", "m", "--resume"], "to resume"),
        (["retriever", "--data", "DATA", "--out", "FILE"], "is a file"),
        (["score", "built-in", "--data", "nowhere"], "dev set"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str],
    said: str,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text(news(0), encoding="utf-8")
    names = {"FILE": str(tmp_path / "file"), "DATA": str(data), "m": str(tmp_path / "m")}
    assert main([names.get(argument, argument) for argument in arguments]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not (tmp_path / "m").exists()


def test_the_dev_set_of_the_toy_is_held_out(data: Path) -> None:
    assert len(HeldOut.load(data / "dev").questions) == 4
