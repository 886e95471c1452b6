"""Folders that cannot be opened: each gives a clear sentence."""

import json
import pickle
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.engine.engine import Engine
from explorer.engine.sentence_command import trace_sentence
from explorer.messages.commands import OpenModel
from explorer.messages.events import Event, Failed, ModelOpened, Progress
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import open_subject
from explorer.subjects.outside import memory
from explorer.subjects.outside.folder import check_folder, outside_folder
from tests.subjects.outside.small_folder import small_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small Llama with its tokenizer, whole."""
    return small_folder(tmp_path / "small")


def complaint(folder: Path) -> str:
    """What opening says; it must fail."""
    with pytest.raises(ModelFileError) as caught:
        open_subject(str(folder), torch.device("cpu"))
    return str(caught.value)


def change(folder: Path, **values: Any) -> None:
    """Change the configuration."""
    file = folder / "config.json"
    config = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps(config))


def test_that_a_whole_folder_opens(folder: Path) -> None:
    subject = open_subject(str(folder), torch.device("cpu"))
    assert subject.name == "small"
    assert subject.source("the cat").tokens
    assert open_subject(str(folder / "config.json"), torch.device("cpu")).origin == subject.origin


def test_that_an_unknown_family_is_named(folder: Path) -> None:
    change(folder, model_type="perceptron2031")
    assert "“perceptron2031”, which this version of transformers does not know" in complaint(folder)


def test_that_a_config_without_a_family_is_told(folder: Path) -> None:
    (folder / "config.json").write_text('{"hidden_size": 3}')
    assert "names no model_type" in complaint(folder)


def test_that_a_config_that_is_no_json_is_told(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    assert "config.json cannot be read" in complaint(folder)


def test_that_weights_without_a_config_are_told(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert "has no config.json" in complaint(folder)


def test_that_a_missing_tokenizer_is_told(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    assert "holds no tokenizer" in complaint(folder)


def test_that_a_broken_tokenizer_is_told(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")
    assert "tokenizer" in complaint(folder)


def test_that_weights_cut_short_are_told(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert "not downloaded to its end" in complaint(folder)
    file.write_bytes(b"")
    assert "not downloaded to its end" in complaint(folder)


def test_that_missing_weights_are_told(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    assert "no model.safetensors" in complaint(folder)


def test_that_a_missing_part_of_the_weights_is_named(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": parts}))
    assert "of 2 files of weights 1 are missing" in complaint(folder)


def test_that_weights_that_lack_a_layer_are_told(folder: Path) -> None:
    change(folder, num_hidden_layers=3)
    assert "is not whole: its weights lack model.layers.2" in complaint(folder)


def test_that_a_pointer_of_git_lfs_is_told(folder: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (folder / "model.safetensors").write_text(pointer)
    assert "git lfs pull" in complaint(folder)


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_that_pickled_weights_stay_closed(folder: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(_Trap(sprung)))
    told = complaint(folder)
    assert "pytorch_model.bin, a pickled file" in told and "safetensors" in told
    assert not sprung.exists()


def test_that_a_program_in_a_folder_is_never_run(folder: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    (folder / "modeling_own.py").write_text(f"open({str(sprung)!r}, 'w').close()\n")
    own = {"AutoConfig": "modeling_own.C", "AutoModelForCausalLM": "modeling_own.M"}
    change(folder, model_type="own", auto_map=own)
    assert "A program from a model's folder is never run" in complaint(folder)
    change(folder, model_type="llama")
    open_subject(str(folder), torch.device("cpu"))
    assert not sprung.exists()


def test_that_a_model_too_large_is_refused_with_both_figures(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda device: 1000)
    told = complaint(folder)
    assert "needs about" in told and "free" in told


def test_that_what_fits_only_at_half_precision_is_taken_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = check_folder(folder).stored_bytes
    monkeypatch.setattr(memory, "free_bytes", lambda device: needed * 3 // 4)
    subject = open_subject(str(folder), torch.device("cpu"))
    assert next(subject.model.parameters()).dtype is torch.bfloat16
    assert any("bfloat16" in note for note in subject.notes)
    assert trace_sentence(subject, "the cat", "sleeps").weights


def test_that_memory_is_told_before_loading(folder: Path) -> None:
    told: list[Event] = []
    Engine(told.append, "cpu").handle(OpenModel(str(folder)))
    said = [event.doing for event in told if isinstance(event, Progress)]
    wanted = re.compile(r"Loading small: about .* of memory in float32, .* is free")
    assert any(wanted.search(sentence) for sentence in said)
    assert any(isinstance(event, ModelOpened) for event in told)


def test_that_memory_is_estimated_without_loading(folder: Path) -> None:
    found = check_folder(folder)
    subject = open_subject(str(folder), torch.device("cpu"))
    assert found.stored_bytes == 4 * subject.model.parameter_count()


def test_that_a_model_of_sounds_is_told(folder: Path) -> None:
    change(folder, model_type="wav2vec2", architectures=["Wav2Vec2Model"])
    assert "reads no text" in complaint(folder)


def test_that_without_transformers_one_line_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert "pip install 'attention-explorer[hf]'" in complaint(folder)


def test_that_other_folders_are_none_of_these(folder: Path, tmp_path: Path) -> None:
    assert outside_folder(str(folder)) == folder
    assert outside_folder(str(tmp_path)) is None
    assert outside_folder("reverse") is None
    (folder / "run.toml").touch()
    assert outside_folder(str(folder)) is None


def test_that_a_failure_leaves_the_current_model(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / "tokenizer.json").unlink()
    told: list[Event] = []
    engine = Engine(told.append, "cpu")
    engine.handle(OpenModel(str(folder)))
    engine.handle(OpenModel(str(broken)))
    assert sum(isinstance(event, ModelOpened) for event in told) == 1
    assert any(isinstance(event, Failed) and "tokenizer" in event.message for event in told)
    assert engine._sentences.subject is not None and engine._sentences.subject.name == "small"
