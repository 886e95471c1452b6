"""Aligning files by the shipped models."""

from pathlib import Path

import pytest

from explorer.cli import main


def test_that_the_translator_aligns_words_in_pharaoh_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(
        "My little sister eats apples .\tMa petite sœur mange des pommes .\n", encoding="utf-8"
    )
    assert main(["align", "translate-en-fr", str(pairs), "--layer", "3"]) == 0
    links = capsys.readouterr().out.split()
    assert {"0-0", "1-1", "2-2", "3-3", "4-5"} <= set(links)


def test_that_the_reverse_model_aligns_backwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs, gold = tmp_path / "pairs.tsv", tmp_path / "gold"
    pairs.write_text("3 1 4 1 5\t5 1 4 1 3\n", encoding="utf-8")
    gold.write_text("0-4 1-3 2-2 3-1 4-0\n", encoding="utf-8")
    assert (
        main(["align", "reverse", str(pairs), "--gold", str(gold), "--out", str(tmp_path / "o")])
        == 0
    )
    assert (tmp_path / "o").read_text() == "0-4 1-3 2-2 3-1 4-0\n"
    assert "sharpest layer (1), without the truth       0.0%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [("no tab here\n", "line 1"), ("", "holds no pairs")],
)
def test_that_a_file_without_pairs_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(content, encoding="utf-8")
    assert main(["align", "reverse", str(pairs)]) == 1
    assert told in capsys.readouterr().err


def test_that_a_model_without_cross_attention_and_wrong_heads_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("1 2\t2 1\n", encoding="utf-8")
    assert main(["align", "reverse", str(pairs), "--layer", "9"]) == 1
    assert "no such layer" in capsys.readouterr().err
