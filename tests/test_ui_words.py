"""The page speaks Chinese, and English where the browser asks for it."""

from dataclasses import fields

import pytest

from ui.words import EN, ZH, Words, words_for


@pytest.mark.parametrize(
    ("accept_language", "words"),
    [
        ("", ZH),
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("zh-TW", ZH),
        ("en-US,en;q=0.9", EN),
        ("en", EN),
        ("en;q=0.5, zh;q=0.9", ZH),
        ("fr-FR,en;q=0.7,zh;q=0.3", EN),
        ("ja,fr;q=0.9", ZH),
        ("*", ZH),
        ("en;q=0", ZH),
        ("en;q=high,zh", ZH),
        (";;,,q=", ZH),
    ],
)
def test_the_browser_s_first_known_language_wins(accept_language: str, words: Words) -> None:
    assert words_for(accept_language) is words


def test_both_languages_fill_in_the_same_places() -> None:
    for field in fields(Words):
        chinese, english = getattr(ZH, field.name), getattr(EN, field.name)
        assert chinese
        assert english
        assert chinese.count("{}") == english.count("{}"), field.name
