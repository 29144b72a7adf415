"""The making of a reader at toy size: tokens, pretraining, fine-tuning, export, scores."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from index import ModelNotFound
from rag.reader import Reader, encode, windows
from train.__main__ import main
from train.data import InvalidData
from train.heldout import HeldOut
from train.reader.card import load_runs
from train.reader.export import ExportReport, TorchNetwork, export
from train.reader.finetune import Batches, Size, answer_tokens, finetune
from train.reader.groups import Group, Groups, load_groups, make_groups, save_groups
from train.reader.loop import CHECKPOINT, Plan
from train.reader.model import ReaderNetwork
from train.reader.pretrain import Shape, draw, pretrain
from train.reader.score import score_all
from train.reader.tokens import (
    CLS,
    CONTINUES,
    MASK,
    SEP,
    build_tokenizer,
    encode_words,
    load_tokens,
    read_all,
    write_tokens,
)

PLACES = ("临江", "望江", "钱江", "滨江", "萧山", "富阳")
THINGS = ("工业增加值", "固定资产投资", "财政收入", "进出口总额")
SHAPE = Shape(layers=1, width=64, length=64, batch=8)


def sentence(random: Random) -> str:
    place, thing = random.choice(PLACES), random.choice(THINGS)
    return f"{place}新区今年一季度{thing}达{random.randint(10, 99)}.{random.randint(1, 9)}亿元,增速居全市前列。"


def made_up_texts() -> list[str]:
    random = Random(1)
    return ["".join(sentence(random) for _ in range(6)) for _ in range(60)]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are faster without a second thread to wait for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tokens of sixty texts."""
    folder = tmp_path_factory.mktemp("tokens")
    texts = made_up_texts()
    write_tokens(texts, folder, build_tokenizer(texts, vocabulary=300, least=1))
    return folder


@pytest.fixture(scope="module")
def encoder(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder pretrained for a few steps."""
    folder = tmp_path_factory.mktemp("encoder")
    pretrain(tokens, folder, SHAPE, Plan(rate=2e-3, steps=30))
    return folder


def dozen() -> Groups:
    """Eight questions with their answers among passages of other places, and four without."""
    passages, groups = [], []
    for number, place in enumerate(PLACES):
        for kind, thing in enumerate(THINGS[:2]):
            figure = f"{number + 1}{kind + 3}.5亿元"
            passages.append(f"{place}新区今年一季度{thing}达{figure},增速居全市前列。")
    for row, passage in enumerate(passages):
        question = passage[: passage.index("达")] + "是多少?"
        others = tuple(other for other in range(len(passages)) if other != row)
        start, end = passage.index("达") + 1, passage.index(",")
        if row % 3 == 2:
            groups.append(Group(question, None, -1, -1, others[:3], 1.0))
        else:
            groups.append(Group(question, row, start, end, others[row % 4 :: 4], 1.0))
    return Groups(groups, passages, [("made up", "none")])


@pytest.fixture(scope="module")
def reader(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader that has learnt the dozen by heart."""
    folder = tmp_path_factory.mktemp("reader")
    save_groups(dozen(), folder)
    finetune(dozen(), encoder, folder, Size(batch=12, negatives=3), Plan(rate=2e-3, steps=150))
    return folder


@pytest.fixture(scope="module")
def exported(reader: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExportReport]:
    """The reader as the program loads it, and what the export says of it."""
    for library in ("onnxruntime", "onnx"):
        pytest.importorskip(library, reason="the reader's extras are not installed")
    folder = tmp_path_factory.mktemp("exported")
    return folder, export(reader, folder)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("增加值达171.5亿元", ["增", "加", "值", "达", "1", "7", "1", ".", "5", "亿", "元"]),
        ("ABC公司　２０２５年", ["abc", "公", "司", "2", "0", "2", "5", "年"]),
        ("罕見", ["[UNK]", "见"]),
    ],
)
def test_a_token_is_a_character_or_a_piece_of_a_word(text: str, pieces: list[str]) -> None:
    tokenizer = build_tokenizer(["abc公司2025年增加值达171.5亿元,见第37页。"] * 2, vocabulary=300, least=1)
    cut = encode(tokenizer, text)
    assert [tokenizer.id_to_token(int(number)) for number in cut.ids] == pieces
    assert "".join(text[start:end] for start, end in cut.offsets) == text.replace("　", "")


def test_the_same_texts_give_the_same_tokenizer() -> None:
    assert len({build_tokenizer(made_up_texts(), least=1).to_str() for _ in range(3)}) == 1


def test_tokens_are_marked_where_they_continue_a_word() -> None:
    tokenizer = build_tokenizer(["今年工业增加值增长"] * 2, vocabulary=300, least=1)
    ids = encode_words(tokenizer, "工业增加值增长")
    assert [bool(number & CONTINUES) for number in ids] == [
        False,
        True,
        False,
        True,
        True,
        False,
        True,
        False,
    ]
    assert ids[-1] == SEP


def test_tokens_come_in_files_of_a_size_and_are_read_as_one(tmp_path: Path) -> None:
    texts = made_up_texts()[:10]
    tokenizer = build_tokenizer(texts, least=1)
    counts = write_tokens(texts, tmp_path, tokenizer, megabytes=0.001)
    assert set(counts.shards[:-1]) == {500}
    assert len(counts.shards) == len(list(tmp_path.glob("*.bin"))) > 3
    read = load_tokens(tmp_path).ids
    assert np.array_equal(read, np.concatenate([encode_words(tokenizer, text) for text in texts]))
    (tmp_path / "tokens-001.bin").unlink()
    with pytest.raises(InvalidData, match=r"tokens-001\.bin is missing"):
        load_tokens(tmp_path)


def test_words_are_hidden_as_wholes(tokens: Path) -> None:
    ids = torch.from_numpy(load_tokens(tokens).ids.astype(np.int32))
    batch, hidden = draw(ids, SHAPE, step=3)
    assert batch.shape == hidden.shape == (SHAPE.batch, SHAPE.length)
    assert set(batch[:, 0].tolist()) == {CLS}
    assert 0.08 < hidden.float().mean() < 0.22
    assert not hidden[batch <= MASK].any()
    again = draw(ids, SHAPE, step=3)
    assert torch.equal(again[0], batch)
    assert torch.equal(again[1], hidden)


def test_pretraining_lowers_the_loss_and_leaves_a_card(tokens: Path, tmp_path: Path) -> None:
    progress = pretrain(tokens, tmp_path, SHAPE, Plan(rate=2e-3, steps=40))
    losses = [means["loss"] for _, means in progress.history]
    assert losses[-1] < losses[0] - 1
    assert load_runs(tmp_path)[0]["options"]["width"] == SHAPE.width
    assert "| layers | 1 |" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_run_that_was_stopped_comes_to_the_same_end(tokens: Path, tmp_path: Path) -> None:
    plan = Plan(rate=1e-3, steps=6)
    pretrain(tokens, tmp_path / "straight", SHAPE, plan)
    stopping = replace(plan, pause=0.0)
    for step in range(1, 4):
        progress = pretrain(tokens, tmp_path / "stopped", SHAPE, stopping)
        assert (progress.step, progress.done) == (step, False)
    pretrain(tokens, tmp_path / "stopped", SHAPE, plan)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("straight", "stopped")]
    assert weights[0] == weights[1]


def test_a_checkpoint_of_other_options_is_refused(tokens: Path, tmp_path: Path) -> None:
    pretrain(tokens, tmp_path, SHAPE, Plan(rate=1e-3, steps=6, pause=0.0))
    with pytest.raises(InvalidData, match="batch"):
        pretrain(tokens, tmp_path, replace(SHAPE, batch=4), Plan(rate=1e-3, steps=6))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(4, 8, "8.5亿"), (0, 2, "产值"), (10, 13, ""), (-1, -1, "")],
    ids=["inside", "at the start", "beyond the window", "nowhere"],
)
def test_an_answer_is_found_in_the_window_that_holds_it(start: int, end: int, words: str) -> None:
    passage = "产值达 8.5亿元,增长两成"  # white space is no token
    tokenizer = build_tokenizer([passage], least=1)
    window = windows(tokenizer, encode(tokenizer, "多少"), encode(tokenizer, passage), 14)[0]
    first, last = answer_tokens(window, start, end)
    offsets = window.offsets[first - window.first : last - window.first + 1].tolist() if words else []
    assert (first < 0) == (last < 0) == (not words)
    assert "".join(passage[a:b] for a, b in offsets) == words


def test_a_group_comes_with_its_answer_first(encoder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    batches = Batches(dozen(), tokenizer, SHAPE.length, Size(batch=12, negatives=2))
    batch = batches.draw(0)
    assert ((batch.slot == 0) == (batch.starts >= 0)).all()
    assert set(torch.bincount(batch.group).tolist()) <= {2, 3}
    assert (batch.types.gather(1, batch.starts.clamp(min=0)[:, None])[:, 0] == 1)[batch.starts >= 0].all()
    assert torch.equal(batches.draw(0).ids, batch.ids)


def test_a_reader_learns_a_dozen_questions_by_heart(exported: tuple[Path, ExportReport]) -> None:
    loaded = Reader.load(exported[0])
    groups = dozen()
    for group in groups.groups:
        rows = [*([] if group.positive is None else [group.positive]), *group.negatives]
        extracts = loaded.read(group.question, [groups.passages[row] for row in rows])
        if group.positive is None:
            assert max(extract.probability for extract in extracts) < 0.5
        else:
            best = max(extracts, key=lambda extract: extract.probability)
            assert best is extracts[0]
            assert best.probability > 0.5
            assert (best.start, best.end) == (group.start, group.end)


def test_the_export_does_as_the_network_does(reader: Path, exported: tuple[Path, ExportReport]) -> None:
    folder, report = exported
    assert report.difference < 1e-3
    assert report.agreement >= 0.9
    assert report.size == sum(
        (folder / name).stat().st_size for name in ("reader.onnx", "tokenizer.json", "reader.json")
    )
    network = ReaderNetwork.load(reader)
    tokenizer = Tokenizer.from_file(str(reader / "tokenizer.json"))
    whole = Reader(TorchNetwork(network), tokenizer, network.length)
    long = "".join(dozen().passages)  # in several windows
    question = dozen().groups[0].question
    assert Reader.load(folder).read(question, [long])[0].probability == pytest.approx(
        whole.read(question, [long])[0].probability, abs=0.2
    )
    assert [run["step"] for run in load_runs(folder)] == ["pretrain", "reader", "export"]


def test_a_reader_says_the_same_of_a_passage_in_any_company(exported: tuple[Path, ExportReport]) -> None:
    loaded, passages = Reader.load(exported[0]), dozen().passages
    question = dozen().groups[0].question
    together = loaded.read(question, passages)
    assert together == [loaded.read(question, [passage])[0] for passage in passages]
    assert together == Reader.load(exported[0]).read(question, passages)


def test_fine_tuning_goes_on_where_it_stopped(encoder: Path, tmp_path: Path) -> None:
    size, plan = Size(batch=4, negatives=1), Plan(rate=1e-3, steps=4)
    finetune(dozen(), encoder, tmp_path / "straight", size, plan)
    finetune(dozen(), encoder, tmp_path / "stopped", size, replace(plan, pause=0.0))
    finetune(dozen(), encoder, tmp_path / "stopped", size, plan)
    straight, stopped = (
        ReaderNetwork.load(tmp_path / name).state_dict() for name in ("straight", "stopped")
    )
    assert all(torch.equal(straight[name], stopped[name]) for name in straight)


def test_what_is_not_there_is_named(encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="python -m train pretrain"):
        finetune(dozen(), tmp_path, tmp_path, Size(), Plan(rate=1e-3, steps=1))
    with pytest.raises(ModelNotFound, match="python -m train reader"):
        export(tmp_path, tmp_path / "out")
    with pytest.raises(InvalidData, match="--data"):
        load_groups(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Training data of the shape that train/sources.toml describes, with a dev set."""
    random = Random(2)
    folder = tmp_path / "data"
    docs = folder / "dev" / "small" / "docs"
    docs.mkdir(parents=True)
    held = "钱江新区今年一季度财政收入达88.8亿元,增速居全市第一位。"
    (docs / "0.txt").write_text(held, encoding="utf-8")
    gold = {
        "id": "q0",
        "question": "钱江新区一季度财政收入是多少?",
        "type": "fact_number",
        "answerable": True,
        "answers": ["88.8亿元"],
        "evidence": [{"file": "0.txt", "quote": held}],
    }
    (docs.parent / "gold.jsonl").write_text(json.dumps(gold, ensure_ascii=False) + "\n", encoding="utf-8")
    news = ["".join(sentence(random) for _ in range(20)) for _ in range(10)]
    news[3] += held
    asked = [
        {
            "question": question,
            "context": (context := "".join(sentence(random) for _ in range(8))),
            "answers": [] if impossible else [{"text": context[14:18], "start": 14}],
            "impossible": impossible,
        }
        for question, impossible in (
            ("临江新区的情况如何?", False),
            ("钱江新区一季度财政收入是多少?", False),
            ("滨江新区有几座图书馆?", True),
        )
    ]
    for name, lines in (
        ("news", news),
        ("asked", [json.dumps(record, ensure_ascii=False) for record in asked]),
    ):
        with lzma.open(folder / f"{name}.xz", "wt", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    entry = '[[source]]\nfile = "{}.xz"\nkind = "{}"\norigin = "made up"\nlicence = "none"\nweight = {}\nmade = {}\n'
    manifest = entry.format("news", "articles", 2.0, 20) + entry.format("asked", "questions", 1.0, 0)
    (folder / "sources.toml").write_text(manifest, encoding="utf-8")
    return folder


def test_groups_hold_nothing_of_a_dev_set(data: Path, tmp_path: Path) -> None:
    save_groups(make_groups(data), tmp_path / "groups")
    groups = load_groups(tmp_path / "groups")
    held_out = HeldOut.load(data / "dev")
    assert not any(held_out.holds(passage) for passage in groups.passages)
    assert not any(held_out.asks(group.question) for group in groups.groups)


def test_texts_for_pretraining_hold_nothing_of_a_dev_set(data: Path) -> None:
    texts, _ = read_all(data)
    assert len(texts) == 10 + 2  # of the questions, those with an answer
    assert not any(HeldOut.load(data / "dev").holds(text) for text in texts)


def test_groups_have_the_answer_in_one_passage_only(data: Path) -> None:
    groups = make_groups(data)
    answered = [group for group in groups.groups if group.positive is not None]
    assert len(answered) > 10
    for group in answered:
        answer = groups.passages[group.positive or 0][group.start : group.end]
        assert answer
        assert not any(answer in groups.passages[row] for row in group.negatives)
    assert [g.question for g in groups.groups if g.positive is None] == ["滨江新区有几座图书馆?"]
    assert sum(group.weight for group in groups.groups) == pytest.approx(2.0 * 0.5 + 1.0)


def test_a_reader_is_scored_on_a_dev_set(data: Path, exported: tuple[Path, ExportReport]) -> None:
    [result] = score_all(Reader.load(exported[0]), data / "dev")
    assert (result.name, result.count, result.first_before) == ("small", 1, 1.0)
    assert 0 <= result.given_em <= result.given_f1 <= 1


def test_the_commands_make_a_reader(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx", reason="the reader's extras are not installed")
    tokens, model, reader, folder = (
        str(tmp_path / name) for name in ("tokens", "model", "reader", "folder")
    )
    small = ["--layers", "1", "--width", "64", "--length", "64", "--batch", "4"]
    for command, said in (
        (
            ["tokens", "--data", str(data), "--out", tokens, "--workers", "1"],
            "tokens of 12 texts in 1 files",
        ),
        (
            ["pretrain", "--tokens", tokens, "--out", model, *small, "--steps", "2"],
            "2 steps, at the end loss",
        ),
        (["reader", "--data", str(data), "--out", reader, "--prepare"], "question groups over"),
        (
            ["reader", "--from", model, "--out", reader, "--batch", "2", "--steps", "2"],
            "2 steps, at the end",
        ),
        (["export", reader, "--out", folder, "--agreement", "0"], "ten passages on two cores"),
        (["examine", folder, "--data", str(data)], "given_f1"),
    ):
        assert main(command) == 0
        assert said in capsys.readouterr().out
    card = (tmp_path / "folder" / "README.md").read_text(encoding="utf-8")
    assert card.count("| made up | none |") == 4  # two sources, each in two of the steps
    assert "| small: count | 1 |" in card


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["pretrain", "--tokens", "nowhere", "--out", "x", "--steps", "1"],
            "nowhere/tokens.json is missing",
        ),
        (["pretrain", "--tokens", "nowhere", "--out", "x"], "--seconds or --steps is needed"),
        (
            ["pretrain", "--tokens", "nowhere", "--out", "x", "--steps", "1", "--width", "100"],
            "multiple of 64",
        ),
        (["pretrain", "--tokens", "nowhere", "--out", "x", "--seconds", "-1"], "above 0"),
        (["reader", "--out", "nowhere", "--steps", "1"], "--data is needed"),
        (["export", "nowhere", "--out", "x"], "no trained reader in nowhere"),
        (["examine", "nowhere", "--data", "nowhere"], "no reader in the folder nowhere"),
        (["tokens", "--data", "nowhere", "--out", "x"], "nowhere is no folder"),
    ],
)
def test_a_mistake_is_one_line(
    command: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(command)
    except SystemExit as stopped:
        status = int(str(stopped.code))
    error = capsys.readouterr().err
    assert status != 0
    assert said in error
    assert len(error.strip().splitlines()) == 1
