"""`attention-explorer decode`: methods, beginnings, bans, references and streams."""

import json

import pytest

from explorer.cli import main

WATCH = ("decode", "translate-en-fr", "I have lost my watch.")


def said(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert main([*WATCH, *options]) == 0
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    return json.loads(said(capsys, *options, "--json"))


def test_that_the_best_texts_of_a_search_are_told_with_their_scores(
    capsys: pytest.CaptureFixture[str],
) -> None:
    search = ("--method", "beam", "--beams", "4", "--length-penalty", "0.6", "--n-best", "4")
    found = as_json(capsys, *search)
    scores = [text["score"] for text in found["best"]]
    assert len(scores) == 4 and scores == sorted(scores, reverse=True)
    assert found["text"] == found["best"][0]["text"] == "J'ai perdu ma montre."
    states = {node["state"] for node in found["tree"]}
    assert states == {"kept", "dropped", "finished"} and all(n["why"] for n in found["tree"])
    lines = said(capsys, *search).splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [t["text"] for t in found["best"]]


def test_that_an_option_of_a_method_chooses_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, "--beams", "2")["steps"][0]["how"] == "beam"
    drawn = as_json(capsys, "--temperature", "1.5", "--seed", "3")
    assert drawn["steps"][0]["how"] == "sampled"
    assert drawn == as_json(capsys, "--temperature", "1.5", "--seed", "3")
    assert drawn["text"] != as_json(capsys, "--temperature", "1.5", "--seed", "4")["text"]


def test_that_what_is_cut_off_has_no_final_probability(capsys: pytest.CaptureFixture[str]) -> None:
    for step in as_json(capsys, "--top-k", "2")["steps"]:
        finals = [candidate["final"] for candidate in step["candidates"]]
        assert finals[:2] == sorted(finals[:2], reverse=True) and not any(finals[2:])
        assert sum(finals) == pytest.approx(1, abs=1e-5)


def test_that_a_forced_beginning_is_gone_on_from(capsys: pytest.CaptureFixture[str]) -> None:
    for method in ("greedy", "beam"):
        found = as_json(capsys, "--force", "Je", "--method", method)
        assert found["text"].startswith("Je ") and found["steps"][0]["how"] == "forced"


def test_that_a_banned_token_does_not_come(capsys: pytest.CaptureFixture[str]) -> None:
    assert "perdu" not in said(capsys, "--ban", "perdu")
    assert not {"perdu", "ma"} & set(said(capsys, "--ban", "perdu", "--ban", "ma").split())


def test_that_a_reference_is_rated(capsys: pytest.CaptureFixture[str]) -> None:
    rated = as_json(capsys, "--target", "J'ai perdu mon temps.")
    steps = {step["text"]: step for step in rated["steps"]}
    assert steps["perdu"]["rank"] == 1 and steps["mon"]["rank"] == 2 and steps["temps"]["rank"] > 9
    assert steps["mon"]["candidates"][0]["text"] == "ma" and rated["loss"] > 1
    table = said(capsys, "--target", "J'ai perdu mon temps.")
    assert "mean loss" in table and "ma 0." in table


def test_that_a_stream_spells_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--stream") == "J'ai perdu ma montre.\n"
    lines = [json.loads(line) for line in said(capsys, "--stream", "--json").splitlines()]
    assert [line["text"] for line in lines[:4]] == ["J", "'", "ai", "perdu"]
    assert lines[-1]["text"] == "J'ai perdu ma montre." and lines[-1]["finished"]
    rounds = said(capsys, "--beams", "3", "--stream").splitlines()
    assert rounds[-1] == "J'ai perdu ma montre." and len(rounds) > 5


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--method", "gready"), "decoding.method"),
        (("--beams", "2", "--temperature", "2"), "--temperature"),
        (("--beams", "2", "--n-best", "4"), "decoding.n_best"),
        (("--top-p", "0"), "decoding.top_p"),
        (("--ban", "qqqzz"), "--ban qqqzz"),
    ],
)
def test_that_wrong_options_are_named(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], named: str
) -> None:
    assert main([*WATCH, *options]) == 2
    assert named in capsys.readouterr().err
