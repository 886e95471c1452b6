"""Tokens as people read them, in any script, with the exact piece beside."""

import pytest

from explorer.data.vocabulary import SPACE, train_vocabulary
from explorer.messages.config import VocabularyKind

TEXTS = {
    "Arabic": "القطة تنام على الكرسي", "Hebrew": "החתול ישן על הכיסא", "Chinese": "猫睡在旧椅子上",
    "Japanese": "猫は古い椅子で寝ている", "emoji": "👩‍🚀 👍🏽 ❤️ 🇫🇷", "Hindi": "बिल्ली सो रही है",
    "accents": "garçon naïf à l’école",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["word", "character", "bpe"])
@pytest.mark.parametrize("script", TEXTS)
def test_that_tokens_of_any_script_are_read_and_spell_the_text(
    script: str, kind: VocabularyKind
) -> None:
    text = TEXTS[script]
    words = train_vocabulary([text], kind, 200)
    tokens = words.tokens(text)
    assert words.text(token.id for token in tokens) == text
    for token in tokens:
        assert token.text.isprintable() and token.text.strip()
        assert words.token(token.id).text == token.text
        bare = token.piece.removeprefix(SPACE)
        if len(bare) > 1:
            assert token.text == bare


@pytest.mark.parametrize(
    ("sign", "shown"),
    [("\u200d", "U+200D"), ("\ufe0f", "U+FE0F"), ("\u0301", "◌\u0301"), ("्", "◌्"), ("猫", "猫")],
)
def test_that_a_sign_that_cannot_stand_alone_is_made_visible(sign: str, shown: str) -> None:
    words = train_vocabulary([f"q{sign}q"], "character", 50)
    found = [token for token in words.tokens(f"q{sign}q") if token.piece == sign]
    assert [token.text for token in found] == [shown]
