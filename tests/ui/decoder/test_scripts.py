"""Tokens of every script stand as people read them, with the exact token beside."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from explorer.messages.decoding import Decoding
from explorer.messages.tokens import Token
from explorer.ui.panels.decoder_panel import DecoderPanel
from tests.ui.scripts import decoded, decoding, inspected

ARABIC = [Token(100 + n, word, f"▁{word}") for n, word in enumerate(["القطة", "تنام", "هنا"])]
CHINESE = [Token(200 + n, word, word) for n, word in enumerate(["猫", "睡", "椅子"])]
BYTES = [Token(300, " chat", "Ġchat"), Token(301, "é", "Ã©"), Token(302, "\x00", "<0x00>")]
EMOJI = [Token(400, "👩‍👩‍👧", "👩‍👩‍👧"), Token(401, " 🙂", " 🙂"), Token(402, "🇫🇷", "🇫🇷")]


def written(tokens: list[Token]) -> Decoding:
    given = decoding("A cat", " ".join("x" * len(tokens)))
    steps = tuple(
        replace(step, token=token, candidates=(replace(step.candidates[0], token=token),))
        for step, token in zip(given.steps, tokens, strict=False)
    )
    return replace(given, steps=steps, text="".join(token.text for token in tokens))


@pytest.fixture
def panel(qtbot: QtBot) -> DecoderPanel:
    made = DecoderPanel()
    qtbot.addWidget(made)
    made.resize(330, 700)
    made.show()
    return made


def show(panel: DecoderPanel, tokens: list[Token]) -> None:
    panel.receive([inspected("A cat")])
    panel.receive([decoded(panel._asking.request, written(tokens))])


@pytest.mark.parametrize(
    ("tokens", "read"),
    [
        (ARABIC, "القطة تنام هنا"), (CHINESE, "猫睡椅子"), (BYTES, "chaté\\x00"),
        (EMOJI, "👩‍👩‍👧 🙂🇫🇷"),
    ],
)  # fmt: skip
def test_that_a_branch_reads_as_running_text(
    panel: DecoderPanel, tokens: list[Token], read: str
) -> None:
    show(panel, tokens)
    panel.pages.turn_to("tried")
    (row,) = panel.pages.seen.list.rows  # pyright: ignore
    assert " ".join(row.own.split()) == read
    panel.grab()


def test_that_text_to_the_left_begins_at_the_right_and_chinese_has_no_gaps(
    panel: DecoderPanel,
) -> None:
    show(panel, ARABIC)
    first, second = (panel.strip.chip_rect(n) for n in (0, 1))
    assert second.right() < first.left()
    show(panel, CHINESE)
    first, second = (panel.strip.chip_rect(n) for n in (0, 1))
    assert second.left() - first.right() <= 1


def test_that_the_exact_token_stands_beside_where_it_is_another(panel: DecoderPanel) -> None:
    show(panel, BYTES)
    beside: list[tuple[str, str]] = []
    for index in range(len(BYTES)):
        panel.go(index)
        row = panel.decision.candidates.rows()[0]
        beside.append((row.label, row.beside))
        assert panel.decision.exact.text().startswith(f"{BYTES[index].piece} · nr. 30{index}")
    assert beside[1:] == [("é", "Ã©"), ("\\x00", "<0x00>")]
