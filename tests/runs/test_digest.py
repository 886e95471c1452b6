"""What a list knows of a run: read in slices, as it grows; and the name and notes it gets."""

from pathlib import Path

import pytest

from explorer.runs.digest import MOST_POINTS, Digest
from explorer.runs.metrics import append_lines
from explorer.runs.notes import read_notes, rename_run, write_notes
from explorer.runs.weights import ModelFileError


def lines(first: int, last: int, loss: float = 1.0) -> str:
    return "".join(
        f'{{"step": {step}, "loss": {loss}, "learning_rate": 0.1}}\n'
        for step in range(first, last + 1)
    )


def whole(digest: Digest) -> int:
    """Read to the end; how many slices it took."""
    slices = 1
    while digest.advance():
        slices += 1
    return slices


def test_that_a_long_log_is_read_in_slices_and_its_curve_stays_small(tmp_path: Path) -> None:
    log = tmp_path / "metrics.jsonl"
    append_lines(log, lines(1, 5000, 2.0))
    append_lines(log, '{"step": 5000, "validation_loss": 0.5, "examples": 3}\n')
    digest = Digest(log)
    assert whole(digest) > 3
    steps, losses = digest.curve()
    assert digest.step == 5000 and steps[-1] == 5000 and set(losses) == {2.0}
    assert MOST_POINTS // 2 <= len(steps) <= MOST_POINTS
    assert digest.newest is not None and digest.newest.loss == 0.5
    append_lines(log, lines(5001, 5100, 4.0))
    assert whole(digest) == 1, "only what is new is read"
    assert digest.step == 5100 and digest.curve()[1].max() == 4.0


def test_that_a_log_that_was_cut_is_read_anew(tmp_path: Path) -> None:
    log = tmp_path / "metrics.jsonl"
    append_lines(log, lines(1, 50, 2.0))
    digest = Digest(log)
    whole(digest)
    log.write_text(lines(1, 10, 3.0), encoding="utf-8")
    whole(digest)
    assert digest.step == 10 and set(digest.curve()[1]) == {3.0}
    assert len(Digest(tmp_path / "none").curve()[0]) == 0


def test_that_notes_are_kept_and_empty_ones_leave_no_file(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text("", encoding="utf-8")
    write_notes(tmp_path, "größer\nbesser")
    assert read_notes(tmp_path) == "größer\nbesser"
    write_notes(tmp_path, "  ")
    assert read_notes(tmp_path) == "" and not (tmp_path / "notes.md").exists()
    with pytest.raises(ModelFileError, match="not there any more"):
        write_notes(tmp_path / "gone", "words")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "a\\b", "con:", "x" * 121, "a\nb"])
def test_that_a_name_no_folder_can_have_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(ModelFileError, match="cannot be the name"):
        rename_run(tmp_path / "run", name)
    assert (tmp_path / "run").exists()


def test_that_a_fork_learns_where_its_parent_has_gone(tmp_path: Path) -> None:
    for name in ("parent", "fork", "other"):
        (tmp_path / name).mkdir()
    told = f'[made.fork]\nparent = "{(tmp_path / "parent").as_posix()}"\nstep = 3\n'
    (tmp_path / "fork" / "run.toml").write_text(told, encoding="utf-8")
    (tmp_path / "other" / "run.toml").write_text("damaged", encoding="utf-8")
    assert rename_run(tmp_path / "parent", "elder") == tmp_path / "elder"
    assert "elder" in (tmp_path / "fork" / "run.toml").read_text(encoding="utf-8")
    with pytest.raises(ModelFileError, match="already"):
        rename_run(tmp_path / "elder", "other")
