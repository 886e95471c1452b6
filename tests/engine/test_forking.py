"""Runs that branch off another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.engine.forking import fork_run, note_of
from explorer.engine.run import Run
from explorer.messages.events import Event
from explorer.messages.head_names import heads_named
from explorer.messages.settings import SettingsError
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import read_history
from explorer.runs.weights import ModelFileError
from explorer.training.heads import parts_of
from tests.small import CPU, begin, finish, reopen

PARENT: Mapping[str, Any] = {"training.keep_checkpoints": 5, "model.architecture": "decoder-only"}


@pytest.fixture
def parent(tmp_path: Path) -> RunFolder:
    finish(begin(tmp_path / "parent", [], PARENT))
    return RunFolder(tmp_path / "parent")


def branched(
    parent: RunFolder, step: int, values: Mapping[str, Any], name: str = "fork", fresh: str = ""
) -> Run:
    out = parent.path.parent / name
    return fork_run(parent, step, values, out, CPU, lambda _: None, lambda *_: None, fresh)


def own(run: Run, head: str) -> list[torch.Tensor]:
    """What a head owns alone, as it is now."""
    parts = parts_of(run.trainer.model, heads_named(head))
    return [part.of(part.parameter).detach().clone() for part in parts]


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def weights_of(folder: RunFolder, step: int) -> bytes:
    return (folder.path / "checkpoints" / f"step-{step:08}" / "model.safetensors").read_bytes()


def losses_of(folder: RunFolder) -> list[float]:
    return read_history(folder.metrics).losses.tolist()


def test_that_a_fork_with_nothing_changed_is_its_parent_bit_for_bit(parent: RunFolder) -> None:
    run = branched(parent, 10, {})
    finish(run)
    assert weights_of(run.folder, 20) == weights_of(parent, 20)
    assert losses_of(run.folder) == losses_of(parent)
    theirs, own = read_history(parent.metrics), read_history(run.folder.metrics)
    assert own.measurements == theirs.measurements
    for mine, other in zip(run.folder.snapshots(), parent.snapshots(), strict=True):
        assert mine.read_bytes() == other.read_bytes()
    fork = run.folder.fork()
    assert fork is not None and parent.fork() is None
    assert (fork.parent, fork.step, fork.changed, fork.memory) == (str(parent.path), 10, {}, True)
    assert "nothing changed" in note_of(fork)


@pytest.mark.parametrize("values", [
    {"training.learning_rate": 0.01}, {"model.dropout": 0.5}, {"training.seed": 7},
    {"training.batch_size": 3}, {"training.beta1": 0.5}, {"task.min_length": 4},
    {"training.frozen_heads": "decoder.0.1"},
], ids=str)  # fmt: skip
def test_that_one_setting_changed_changes_the_course_from_there(
    parent: RunFolder, values: dict[str, Any]
) -> None:
    before = losses_of(parent)
    run = branched(parent, 10, {k: str(v) for k, v in values.items()})
    finish(run)
    after = losses_of(run.folder)
    assert after[:10] == before[:10]
    assert after[10:] != before[10:]
    fork = run.folder.fork()
    assert fork is not None and dict(fork.changed) == values
    assert weights_of(run.folder, 10) == weights_of(parent, 10)
    assert losses_of(parent) == before, "the parent stays as it is"


def test_that_a_fork_is_continued_bit_for_bit_as_any_run(parent: RunFolder) -> None:
    whole = branched(parent, 10, {"training.learning_rate": 0.01}, "whole")
    finish(whole)
    told: list[Event] = []
    begun = branched(parent, 10, {"training.learning_rate": 0.01}, "halved")
    for _ in range(4):
        begun.step()
    begun.close()
    finish(reopen(begun.folder.path, told))
    assert weights_of(begun.folder, 20) == weights_of(whole.folder, 20)
    assert losses_of(begun.folder) == losses_of(whole.folder)


def test_that_from_a_snapshot_the_optimizer_begins_anew_and_says_so(parent: RunFolder) -> None:
    run = branched(parent, 8, {})
    fork = run.folder.fork()
    assert fork is not None and not fork.memory
    assert "began anew" in note_of(fork)
    finish(run)
    assert losses_of(run.folder)[:9] == losses_of(parent)[:9], "the weights are the parent's"
    assert losses_of(run.folder)[9:] != losses_of(parent)[9:]


def test_that_another_optimizer_takes_no_memory_over(parent: RunFolder) -> None:
    run = branched(parent, 10, {"training.optimizer": "sgd"})
    fork = run.folder.fork()
    assert fork is not None and not fork.memory
    finish(run)


def test_that_what_a_fork_cannot_be_is_refused_in_words(parent: RunFolder) -> None:
    for path, value in (("model.width", 32), ("task.vocabulary", "character")):
        with pytest.raises(SettingsError, match=rf"{path}: a fork goes on"):
            branched(parent, 10, {path: value})
    with pytest.raises(SettingsError, match=r"training\.learning_rate"):
        branched(parent, 10, {"training.learning_rate": -1})
    with pytest.raises(SettingsError, match=r"training\.steps: a fork at step 20"):
        branched(parent, 20, {})
    with pytest.raises(ModelFileError, match="keeps no weights of step 99"):
        branched(parent, 99, {})
    branched(parent, 10, {}).close()
    with pytest.raises(FileExistsError):
        branched(parent, 10, {})


@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "muon"])
def test_that_a_frozen_head_stays_bit_for_bit_while_the_others_learn(
    tmp_path: Path, optimizer: str
) -> None:
    """Neither momentum from before the fork nor weight decay moves it."""
    values = {
        "training.optimizer": optimizer,
        "training.weight_decay": 0.1,
        "model.decoder_layers": 2,
    }
    finish(begin(tmp_path / "parent", [], {**PARENT, **values}))
    parent = RunFolder(tmp_path / "parent")
    run = branched(parent, 10, {"training.frozen_heads": "decoder.0.1, decoder.1.3"})
    still, free = own(run, "decoder.0.1,decoder.1.3"), own(run, "decoder.0.0")
    assert sum(part.numel() for part in own(run, "decoder.0.1")) == 4 * 16 * 4 + 3 * 4
    finish(run)
    assert same(own(run, "decoder.0.1,decoder.1.3"), still)
    assert not any(map(torch.equal, own(run, "decoder.0.0"), free))
    again = reopen(run.folder.path, [])
    assert same(own(again, "decoder.0.1,decoder.1.3"), still), "also on disk"


def test_that_heads_that_share_keys_are_frozen_in_what_is_their_own(tmp_path: Path) -> None:
    shared = {**PARENT, "model.heads": 4, "model.key_value_heads": 2}
    finish(begin(tmp_path / "parent", [], shared))
    run = branched(RunFolder(tmp_path / "parent"), 10, {})
    assert len(own(run, "decoder.0.0")) == 3, "rows of the query, its bias, columns of the output"
    assert len(own(run, "decoder.0.0,decoder.0.1")) == 2 * 3 + 4, "and together keys and values"
    run.close()


def test_that_a_fresh_head_is_drawn_anew_and_nothing_else(parent: RunFolder) -> None:
    plain, fresh = branched(parent, 10, {}, "plain"), branched(parent, 10, {}, "new", "decoder.0.1")
    assert not any(map(torch.equal, own(fresh, "decoder.0.1")[:1], own(plain, "decoder.0.1")[:1]))
    others = "decoder.0.0,decoder.0.2"
    assert same(own(fresh, others), own(plain, others))
    (query, *_) = parts_of(fresh.trainer.model, heads_named("decoder.0.1"))
    memories = [part.state.get(query.parameter) for part in fresh.trainer.optimizers.parts]
    memory = next(found["exp_avg"] for found in memories if found)
    assert not query.of(memory).any() and memory.any()
    fork = fresh.folder.fork()
    assert fork is not None and dict(fork.changed) == {"fresh_heads": "decoder.0.1"}
    twin = branched(parent, 10, {}, "twin", "decoder.0.1")
    assert same(own(twin, "decoder.0.1"), own(fresh, "decoder.0.1")), "the draw is reproducible"
    for run in (plain, fresh, twin):
        run.close()


def test_that_heads_and_words_the_parent_has_not_are_refused(parent: RunFolder) -> None:
    with pytest.raises(SettingsError, match=r"fresh heads: cross\.0\.0 is no head of this model"):
        branched(parent, 10, {}, fresh="cross.0.0")
    with pytest.raises(SettingsError, match=r"training\.frozen_heads: “decoder” names no head"):
        branched(parent, 10, {"training.frozen_heads": "decoder"})
    with pytest.raises(SettingsError, match="never learned a word"):
        branched(parent, 10, {"task.symbols": 20})
    assert not (parent.path.parent / "fork").exists()
