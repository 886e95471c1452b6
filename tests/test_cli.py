"""The command line: what each command prints and writes, and how it fails."""

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.data.reading.examples import read_pairs

TINY = (
    "--set", "training.steps=6", "--set", "model.width=16", "--set", "model.heads=2",
    "--set", "training.evaluate_every=3", "--set", "training.evaluate_examples=8",
    "--set", "task.validation=8", "--set", "task.test=8", "--set", "training.baselines=false",
)  # fmt: skip


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """A command's JSON output."""
    capsys.readouterr()
    assert main(arguments) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A small run, trained by the command line."""
    out = tmp_path / "run"
    assert main(["train", "reverse", "--out", str(out), *TINY, "--json"]) == 0
    return out


def test_that_models_lists_every_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    names = {entry["name"] for entry in json.loads(capsys.readouterr().out)}
    assert {"reverse", "dates", "translate-en-fr"} <= names


def test_that_the_samples_do_what_their_cards_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, "decode", "reverse", "3 1 4 1 5 9", "--json")["text"] == "9 5 1 4 1 3"
    for text in ("24 July 2004", "July 24, 2004", "24/07/2004", "Sat 24 Jul 04"):
        assert as_json(capsys, "decode", "dates", text, "--json")["text"] == "2004-07-24"
    said = as_json(capsys, "decode", "translate-en-fr", "I have lost my watch.", "--json")
    assert said["text"] == "J'ai perdu ma montre."
    assert said["finished"]


def test_that_decode_tells_each_steps_rivals(capsys: pytest.CaptureFixture[str]) -> None:
    said = as_json(capsys, "decode", "reverse", "1 2", "--json")
    first = said["steps"][0]
    assert first["text"] == "2"
    assert first["candidates"][0]["token"] == first["token"]
    assert first["candidates"][0]["probability"] == pytest.approx(first["probability"], abs=1e-6)
    falling = [candidate["probability"] for candidate in first["candidates"]]
    assert falling == sorted(falling, reverse=True)


def test_that_inspect_writes_the_weights_of_every_head(tmp_path: Path) -> None:
    npz, text = tmp_path / "a.npz", tmp_path / "a.json"
    files = ("--npz", str(npz), "--json", str(text))
    assert main(["inspect", "reverse", "3 1 4", *files]) == 0
    arrays = np.load(npz, allow_pickle=False)
    assert arrays["source_tokens"].tolist() == ["▁3", "▁1", "▁4", "</s>"]
    assert arrays["target_tokens"].tolist() == ["<s>", "▁4", "▁1", "▁3"]
    assert arrays["cross.0"].shape == (4, 4, 4)
    assert arrays["cross.0"].dtype == np.float32
    np.testing.assert_allclose(arrays["encoder.0"].sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(
        json.loads(text.read_text())["weights"]["cross.0"], arrays["cross.0"]
    )


@pytest.mark.usefixtures("qapp")
def test_that_inspect_draws_a_picture(tmp_path: Path) -> None:
    png = tmp_path / "a.png"
    assert main(["inspect", "reverse", "3 1 4", "--png", str(png)]) == 0
    assert png.read_bytes().startswith(b"\x89PNG")


def test_that_the_target_can_be_given(tmp_path: Path) -> None:
    npz = tmp_path / "a.npz"
    assert main(["inspect", "reverse", "3 1", "--target", "1 3 0", "--npz", str(npz)]) == 0
    assert np.load(npz)["target_tokens"].tolist() == ["<s>", "▁1", "▁3", "▁0"]


def test_that_evaluate_measures_loss_and_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("1 2 3 4 5\t5 4 3 2 1\n9 8 7 6\t6 7 8 8\n")
    figures = as_json(capsys, "evaluate", "reverse", str(file), "--json")
    assert figures["pairs"] == 2
    assert figures["exact_match"] == 0.5
    assert figures["loss"] > 0.1
    assert "bleu" not in figures  # A list's answer is right or wrong.
    file.write_text("The cat is asleep.\tLe chat dort.\nI am here.\tJe suis là.\n")
    figures = as_json(capsys, "evaluate", "translate-en-fr", str(file), "--json")
    assert 0 < figures["bleu"] <= 100 and 0 < figures["chrf"] <= 100


def test_that_an_unknown_way_to_cut_is_refused_with_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("1 2\t2 1\n")
    assert main(["evaluate", "reverse", str(file), "--tokenize", "no"]) == 2
    assert "13a" in capsys.readouterr().err


def test_that_a_run_is_a_folder_that_people_can_read(run: Path) -> None:
    assert (run / "run.toml").read_text().startswith("title")
    assert len(read_pairs(run / "data" / "test.tsv")) == 8
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in lines if "loss" in entry] == [1, 2, 3, 4, 5, 6]
    assert [entry["step"] for entry in lines if "validation_loss" in entry] == [3, 6]


def test_that_a_run_is_never_written_over(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "metrics.jsonl").read_bytes()
    assert main(["train", "reverse", "--out", str(run), *TINY, "--json"]) == 1
    assert "--resume" in capsys.readouterr().err
    assert (run / "metrics.jsonl").read_bytes() == before


def test_that_a_finished_run_resumes_to_nothing_left(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = as_json(capsys, "train", "reverse", "--out", str(run), "--resume", "--json")
    assert again["step"] == 6


def test_that_settings_on_resume_are_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "reverse", "--out", str(run), "--resume", *TINY]) == 2
    assert "training.steps: this cannot be changed" in capsys.readouterr().err


def test_that_an_exported_model_writes_the_same(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shared"
    assert main(["export", str(run), str(out)]) == 0
    assert not list(out.rglob("optimizer*"))
    whole = as_json(capsys, "decode", str(run), "3 1 4", "--json")
    shared = as_json(capsys, "decode", str(out), "3 1 4", "--json")
    assert whole["steps"] == shared["steps"]


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["decode", "nowhere", "x"], 1, "nowhere"),
        (["decode", "reverse", "  "], 1, "type a sentence"),
        (["decode", "reverse", "1", "--device", "tpu"], 1, "tpu"),
        (["evaluate", "reverse", "missing.tsv"], 1, "missing.tsv"),
        (["train", "reverse", "--out", "x", "--set", "model.heads=3"], 2, "model.heads"),
        (["train", "reverse", "--out", "x", "--set", "model.hads=4"], 2, "model.heads"),
        (["train", "reverse", "--out", "x", "--set", "heads"], 2, "SECTION.FIELD=VALUE"),
        (["train", "nothing", "--out", "x"], 2, "nothing"),
        (["train", "pairs", "--out", "x"], 1, "task.file"),
        (["decode"], 2, "Missing argument"),
        (["--nonsense"], 2, "nonsense"),
    ],
)
def test_that_failing_is_one_clear_line(
    arguments: list[str], status: int, word: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    said = capsys.readouterr().err
    assert word in said
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("run.toml"))


def test_that_tokens_shows_how_a_sentence_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "a.txt"
    text.write_text("the cat sat\n" * 50)
    assert main(["tokens", str(text), "a cat"]) == 0
    assert capsys.readouterr().out == "a | ␣ | c | a | t\n"
    changes = ["--set", "task.vocabulary=word", "--json"]
    assert main(["tokens", str(text), "the dog", *changes]) == 0
    cut = json.loads(capsys.readouterr().out)
    assert [(t["text"], t["unknown"]) for t in cut["tokens"]] == [("the", False), ("dog", True)]
    assert main(["tokens", "reverse", "3 1"]) == 0
    assert capsys.readouterr().out == "3 | 1\n"


def test_that_train_takes_data_and_what_suits_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, run = tmp_path / "a.txt", tmp_path / "run"
    text.write_text("the cat sat\n" * 200)
    arguments = ["--data", str(text), "--out", str(run), "--set", "training.steps=1", "--json"]
    assert main(["train", "reverse", *arguments, "--set", "task.context=8"]) == 0
    kept = (run / "run.toml").read_text()
    assert 'architecture = "decoder-only"' in kept and 'name = "text"' in kept
    assert main(["train", "reverse", "--data", "/nowhere", "--out", str(tmp_path / "b")]) == 1
    assert "--data: there is no file or folder /nowhere" in capsys.readouterr().err
