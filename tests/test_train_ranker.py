from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from rag.features import Features
from rag.ranker import WEIGHTS
from rag.weights import PATH, learn, learnt
from train.__main__ import main
from train.ranker import PRIOR, Example, examples, fit

CITIES = ["杭州", "宁波", "温州", "绍兴", "嘉兴", "湖州", "金华", "衢州", "台州", "丽水"]


def made_examples(decisive: str, number: int = 60) -> list[Example]:
    """Questions with five places each, of which the one with most of one feature answers."""
    draw = np.random.default_rng(0)
    column = Features._fields.index(decisive)
    found = []
    for _ in range(number):
        features = np.zeros((5, len(Features._fields)))
        features[:, column] = draw.permutation(5) / 5
        features[:, Features._fields.index("coverage")] = draw.random(5)
        found.append((features, features[:, column] == 0.8))
    return found


@pytest.mark.parametrize("decisive", ["elsewhere", "strange"])
def test_what_tells_the_answer_gains_worth(decisive: str) -> None:
    result = fit(made_examples(decisive), strength=0.001)
    assert getattr(result.weights, decisive) > 0.3
    assert result.after > result.before


def test_what_the_questions_say_nothing_of_keeps_its_worth() -> None:
    assert fit(made_examples("strange"), strength=0.001).weights.place == pytest.approx(PRIOR.place)


def test_a_strong_prior_holds() -> None:
    assert np.allclose(fit(made_examples("strange"), strength=1e4).weights, PRIOR, atol=0.01)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one set of questions."""
    records = [
        {
            "question": f"{city}2024年新增企业多少家?",
            "context": f"{city}市召开会议。2024年,{city}新增企业{n + 11}家。会议还讨论了交通问题,决定修建{n + 40}公里公路。",
            "answers": [{"text": f"{n + 11}家", "start": 0}],
        }
        for n, city in enumerate(CITIES)
    ]
    for record in records:
        answer = record["answers"][0]
        answer["start"] = str(record["context"]).index(answer["text"])  # type: ignore[index]
    with lzma.open(tmp_path / "asked.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nfile = "asked.jsonl.xz"\nkind = "questions"\norigin = "made"\nlicence = "none"\nweight = 1.0\n',
        encoding="utf-8",
    )
    return tmp_path


def test_questions_become_examples(data: Path) -> None:
    made = examples(data, limit=8)
    assert len(made) == 8
    for features, right in made:
        assert features.shape == (len(right), len(Features._fields))
        assert 0 < right.sum() < len(right)


def test_the_command_prints_the_fit(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = PATH.read_bytes()
    assert main(["ranker", "--data", str(data)]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in Features._fields)
    assert "by the prior" in printed
    assert PATH.read_bytes() == before  # nothing is written unasked


def test_the_file_names_every_feature_in_order() -> None:
    assert tuple(learnt("ranker")) == Features._fields
    assert tuple(WEIGHTS) == tuple(learnt("ranker").values())


def test_weights_are_written_to_their_section_alone(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_bytes(PATH.read_bytes())
    learn("confidence", {"bias": -1.23456, "close": -0.0}, path)
    assert learnt("confidence", path) == {"bias": -1.235, "close": 0.0}
    assert learnt("ranker", path) == learnt("ranker")
    assert "# python -m train confidence" in path.read_text(encoding="utf-8")
