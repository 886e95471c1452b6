"""What a model's name or path means."""

from pathlib import Path

import pytest

from explorer.messages.events import Event
from explorer.runs.library import find_model, fresh_run_folder
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import describe, open_subject
from tests.small import CPU, begin


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A run with checkpoints at the steps 2 and 4."""
    told: list[Event] = []
    run = begin(tmp_path / "a run", told, {"training.checkpoint_every": 2})
    for _ in range(4):
        run.step()
    run.close()
    return run.folder.path


def complaint(reference: str | Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        find_model(str(reference))
    return str(caught.value)


def test_that_a_run_folder_means_its_newest_checkpoint(run_folder: Path) -> None:
    found = find_model(str(run_folder))
    assert (found.name, found.checkpoint.name) == ("a run", "step-00000004")


def test_that_a_checkpoint_or_a_file_in_it_means_that_checkpoint(run_folder: Path) -> None:
    checkpoint = run_folder / "checkpoints" / "step-00000002"
    assert find_model(str(checkpoint)).checkpoint == checkpoint
    assert find_model(str(checkpoint / "model.safetensors")).checkpoint == checkpoint
    assert find_model(str(run_folder / "run.toml")).checkpoint.name == "step-00000004"


def test_that_an_opened_model_stands_at_its_checkpoints_step(run_folder: Path) -> None:
    subject = open_subject(str(run_folder / "checkpoints" / "step-00000002"), CPU)
    info = describe(subject)
    assert subject.step == info.step == 2
    assert info.history is not None and info.history.steps.tolist() == [1, 2]


def test_that_an_unknown_name_is_told_with_what_there_is() -> None:
    assert "There is no model “nobody”: it is no sample model" in complaint("nobody")


def test_that_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    assert "holds no run.toml. Open the folder that" in complaint(tmp_path)


def test_that_a_run_without_a_checkpoint_is_told(tmp_path: Path) -> None:
    begin(tmp_path / "young", [])
    assert "holds no checkpoint yet" in complaint(tmp_path / "young")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("run.toml", "width = = 3", "is damaged"),
        ("run.toml", "[model]\nwidht = 8\n", "did you mean model.width"),
        ("tokenizer.json", "{", "cannot be read as a tokenizer"),
        ("checkpoints/step-00000004/state.json", "{}", "state.json is damaged"),
        ("checkpoints/step-00000004/model.safetensors", "", "cannot be read as safetensors"),
    ],
)
def test_that_a_damaged_run_is_told_by_its_file(
    run_folder: Path, file: str, content: str, said: str
) -> None:
    (run_folder / file).write_text(content)
    with pytest.raises(ModelFileError) as caught:
        open_subject(str(run_folder), CPU)
    assert said in str(caught.value) and str(run_folder) in str(caught.value)


def test_that_fresh_folders_lie_in_the_users_home(user_folder: Path) -> None:
    first = fresh_run_folder("reverse")
    first.mkdir(parents=True)
    second = fresh_run_folder("reverse")
    assert first.parent == second.parent == user_folder / "runs" and first != second
