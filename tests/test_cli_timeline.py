"""The commands that travel: runs, timeline, fork, compare."""

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.runs.folder import RunFolder
from tests.small import begin, finish


@pytest.fixture
def run(user_folder: Path) -> Path:
    """A small run among the user's own."""
    path = user_folder / "runs" / "first"
    finish(begin(path, [], {"training.keep_checkpoints": 5}))
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    capsys.readouterr()
    assert main(arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_that_runs_lists_what_there_is(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fork", str(run), "--step", "10", "--out", str(run.with_name("second"))]) == 0
    listed = told(capsys, "runs", "--json")
    found = {entry["name"]: entry for entry in listed}
    assert found.keys() == {"first", "second"}
    assert (found["first"]["step"], found["first"]["kept"]) == (20, 21)
    assert found["second"]["parent_step"] == 10 and found["first"]["parent"] is None
    assert found["second"]["bytes"] > 0
    assert main(["runs"]) == 0
    assert "from step 10" in capsys.readouterr().out


def test_that_timeline_tells_every_kept_step(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, "timeline", str(run), "3 1 4", "--target", "4 1 3", "--json")
    assert found["steps"] == list(range(21)) and len(found["loss"]) == 21
    assert found["expected"] == ["4", "1", "3", "</s>"]
    assert found["loss"][-1] == pytest.approx(-np.log(found["probabilities"][-1]).mean(), abs=1e-4)
    assert found["happenings"] == [], "it learned nothing in twenty steps"
    assert main(["timeline", str(run), "3 1 4", "--npz", str(tmp_path / "t.npz")]) == 0
    with np.load(tmp_path / "t.npz") as arrays:
        assert arrays["weights.cross.0"].shape[0] == 21
        assert np.allclose(arrays["weights.cross.0"].sum(-1), 1, atol=1e-5)
    capsys.readouterr()
    assert main(["timeline", str(run), "3 1 4"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 22


@pytest.mark.slow
def test_that_a_film_has_a_frame_a_kept_step(run: Path, tmp_path: Path) -> None:
    imageio = pytest.importorskip("imageio.v3")
    path = tmp_path / "film.gif"
    assert main(["timeline", str(run), "3 1 4", "--gif", str(path), "--size", "320x300px"]) == 0
    frames = imageio.imread(path)
    assert frames.shape[0] == 21 and abs(frames.shape[2] - 320) <= 2
    assert (frames[0] != frames[-1]).any()


def test_that_compare_tells_what_differs_and_where_they_part(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same, other = run.with_name("same"), run.with_name("other")
    assert main(["fork", str(run), "--step", "10", "--out", str(same)]) == 0
    change = "training.learning_rate=0.01"
    arguments = ["--step", "10", "--out", str(other), "--set", change]
    assert main(["fork", str(run), *arguments]) == 0
    alike = told(capsys, "compare", str(run), str(same), "--json")
    assert alike["settings"] == {} and alike["parted_at"] is None
    apart = told(capsys, "compare", str(run), str(other), "--json")
    assert apart["settings"] == {"training.learning_rate": [0.003, 0.01]}
    assert apart["parted_at"] == 12, "the loss of step 11 is still that of the parent's weights"
    assert main(["compare", str(run), str(other)]) == 0
    assert "part at step 12" in capsys.readouterr().out
    assert RunFolder(other).newest_step() == 20


def test_that_what_cannot_be_is_said_in_a_line(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fork", str(run), "--step", "999", "--out", str(run.with_name("x"))]) == 1
    assert "keeps no weights of step 999" in capsys.readouterr().err
    assert main(["fork", str(run), "--step", "10", "--out", str(run)]) == 1
    assert main(["timeline", str(run), "3 1", "--gif", str(run / "film.txt")]) == 2
    assert "ends in .gif" in capsys.readouterr().err
    assert main(["timeline", "nowhere", "3 1"]) == 1
