"""Low-bit runs, exported at 2 bits or 1 bit a weight."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from explorer.decoding.greedy import write_batch
from explorer.inspection.tracing import trace
from explorer.messages.events import Evaluated, Event
from explorer.model.packed import PackedLinear, pack, unpack
from explorer.runs.catalogue import catalogue
from explorer.runs.export import export_model
from explorer.runs.metrics import read_history
from explorer.runs.weights import ModelFileError, load_tensors
from explorer.subjects.opening import describe, open_subject
from tests.small import CPU, begin, finish, reopen
from tests.whole import whole

SOURCE = "3 1 4"
TOLD: list[Event] = []


@pytest.fixture(scope="module", params=["ternary", "binary"])
def run_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run with low-bit weights."""
    folder = tmp_path_factory.mktemp("home") / "runs" / str(request.param)
    TOLD.clear()
    finish(begin(folder, TOLD, {"model.weights": request.param, "model.bias": False}))
    return folder


@given(st.sampled_from([1, 2]), st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**31))
def test_that_packing_comes_back(bits: int, outputs: int, inputs: int, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    numbers = torch.randint(-1, 2, (outputs, inputs), generator=chance).float()
    if bits == 1:
        numbers = numbers.sign() + (numbers == 0)
    packed = pack(numbers, bits)
    assert packed.dtype == torch.uint8 and len(packed) == math.ceil(outputs * inputs * bits / 8)
    assert torch.equal(unpack(packed, bits, outputs, inputs), numbers)


def test_that_bits_stand_where_the_page_says() -> None:
    assert pack(torch.tensor([[-1.0, 0.0, 1.0, 1.0, 0.0]]), 2).tolist() == [0b10100100, 0b01]
    assert pack(torch.tensor([[1.0, -1.0, 1.0]]), 1).tolist() == [0b101]


def test_that_a_packed_export_computes_the_very_same(run_folder: Path, tmp_path: Path) -> None:
    export_model(str(run_folder), tmp_path / "packed", half=False, packed=True)
    run, packed = (open_subject(str(f), CPU) for f in (run_folder, tmp_path / "packed"))
    traces = [trace(s, s.source(SOURCE), s.target("4 1"), SOURCE, "4 1", own_target=False)
              for s in (run, packed)]  # fmt: skip
    for site, weights in traces[0].weights.items():
        assert np.array_equal(whole(weights), whole(traces[1].weights[site]))
    ids, target = torch.randint(4, 9, (3, 5)), torch.randint(4, 9, (3, 4))
    with torch.no_grad():
        assert torch.equal(run.model(ids, target), packed.model(ids, target))
    sources = [SOURCE, "1 2 3 4 5"]
    written = [write_batch(s.model, s.coding, sources, 8) for s in (run, packed)]
    assert written[0] == written[1]


def test_that_the_bytes_told_are_those_on_disk_and_in_memory(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "runs" / "packed"
    export_model(str(run_folder), out, half=False, packed=True)
    info, packed = (describe(open_subject(str(f), CPU)) for f in (run_folder, out))
    assert info.weight_bytes == 4 * info.parameters
    assert packed.parameters == info.parameters
    assert info.packed_bytes == packed.weight_bytes == packed.packed_bytes
    [file] = out.glob("checkpoints/*/model.safetensors")
    tensors = load_tensors(file)
    assert sum(t.numel() * t.element_size() for t in tensors.values()) == packed.weight_bytes
    layers = [m for m in open_subject(str(out), CPU).model.modules() if isinstance(m, PackedLinear)]
    bits = 2 if info.config.model.weights == "ternary" else 1
    weights = sum(m.in_features * m.out_features for m in layers)
    assert sum(len(m.weight_packed) for m in layers) == weights * bits // 8
    monkeypatch.setenv("ATTENTION_EXPLORER_HOME", str(tmp_path))
    [entry] = [entry for entry in catalogue() if entry.kind == "run"]
    assert entry.bytes == file.stat().st_size < info.weight_bytes


def test_that_the_file_says_what_is_in_it(run_folder: Path, tmp_path: Path) -> None:
    export_model(str(run_folder), tmp_path / "packed", half=True, packed=True)
    [file] = (tmp_path / "packed").glob("checkpoints/*/model.safetensors")
    with safe_open(file, "pt") as opened:
        told = opened.metadata()
        types = {name: opened.get_tensor(name).dtype for name in opened.keys()}  # noqa: SIM118
    kind = open_subject(str(run_folder), CPU).config.model.weights
    assert told["weights"] == kind and told["bits"] == ("2" if kind == "ternary" else "1")
    assert json.loads(told["shapes"])["encoder.0.feed_forward.expand.weight"] == [32, 16]
    assert types["encoder.0.feed_forward.expand.weight_packed"] == torch.uint8
    assert types["encoder.0.feed_forward.expand.weight_scale"] == torch.float32
    assert types["output.weight" if "output.weight" in types else "source_embedding.weight"] == (
        torch.float16
    )


def test_that_packing_again_changes_nothing(run_folder: Path, tmp_path: Path) -> None:
    export_model(str(run_folder), tmp_path / "once", half=False, packed=True)
    export_model(str(tmp_path / "once"), tmp_path / "twice", half=False, packed=True)
    once, twice = (
        load_tensors(next((tmp_path / name).glob("checkpoints/*/model.safetensors")))
        for name in ("once", "twice")
    )
    assert once.keys() == twice.keys()
    assert all(torch.equal(once[name], twice[name]) for name in once)


def test_that_the_loss_of_the_latent_weights_is_told_and_logged(run_folder: Path) -> None:
    measured = [event.measurement for event in TOLD if isinstance(event, Evaluated)]
    history = read_history(run_folder / "metrics.jsonl")
    for measurement in (*measured, *history.measurements):
        assert math.isfinite(measurement.full_precision_loss)
        assert measurement.full_precision_loss != measurement.loss
    assert len(history.measurements) >= 4


def test_that_full_precision_is_not_packed(tmp_path: Path) -> None:
    finish(begin(tmp_path / "run", []))
    with pytest.raises(ModelFileError, match="train with model"):
        export_model(str(tmp_path / "run"), tmp_path / "packed", half=False, packed=True)
    assert not (tmp_path / "packed").exists()


def test_that_a_packed_run_is_not_continued(run_folder: Path, tmp_path: Path) -> None:
    export_model(str(run_folder), tmp_path / "packed", half=False, packed=True)
    with pytest.raises(ModelFileError, match="cannot be continued"):
        reopen(tmp_path / "packed", [])
