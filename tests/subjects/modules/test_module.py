"""Weights of `torch.nn.Transformer` alone: opened once what they leave open is answered."""

import warnings
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.cli import main
from explorer.engine.engine import Engine
from explorer.engine.sentence_command import trace_sentence
from explorer.messages.commands import OpenModel
from explorer.messages.events import Event, Failed, FileAsks, ModelOpened
from explorer.runs.weights import ModelFileError
from explorer.subjects.modules.weights_file import AsksError, weights_file
from explorer.subjects.opening import describe, open_subject
from explorer.subjects.subject import Subject
from tests.small import CPU

WIDTH, HEADS = 32, 4


def theirs(norm_first: bool = False, activation: str = "relu", bias: bool = True) -> nn.Transformer:
    """PyTorch's module, every number drawn at random."""
    torch.manual_seed(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It advises against norm_first for speed.
        module = nn.Transformer(
            WIDTH, HEADS, 2, 3, 48, 0.0, activation, batch_first=True, norm_first=norm_first,
            bias=bias,
        )  # fmt: skip
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.3)
    return module.eval()


def file_of(module: nn.Transformer, path: Path, prefix: str = "") -> Path:
    """Its `state_dict` in safetensors."""
    named = {f"{prefix}{name}": tensor for name, tensor in module.state_dict().items()}
    save_file(named, path)
    return path


def opened(path: Path, **answers: int | str) -> Subject:
    """The model with these answers; the usual ones where none is given."""
    usual: dict[str, int | str] = {
        "heads": HEADS, "norm": "after", "activation": "relu", "positions": "none",
    }  # fmt: skip
    return open_subject(str(path), CPU, lambda _: None, (usual | answers).items())


@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize(("activation", "prefix", "bias"), [
    ("relu", "", True), ("gelu", "model.transformer.", True), ("relu", "", False),
])  # fmt: skip
@torch.no_grad()
def test_that_outputs_are_those_of_the_module(
    tmp_path: Path, norm: str, activation: str, prefix: str, bias: bool
) -> None:
    module = theirs(norm == "before", activation, bias)
    path = file_of(module, tmp_path / "mine.safetensors", prefix)
    subject = opened(path, norm=norm, activation=activation)
    source, target = torch.tensor([[5, 6, 7, 8, 9]]), torch.tensor([[2, 9, 8, 7]])
    model = subject.model
    assert model.source_embedding is not None and model.target_embedding is not None
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    scale = WIDTH**0.5 if subject.config.model.scale_embeddings else 1.0
    expected = module(
        model.source_embedding(source) * scale, model.target_embedding(target) * scale,
        tgt_mask=mask,
    )  # fmt: skip
    torch.testing.assert_close(model.hidden(source, target), expected, atol=1e-5, rtol=1e-5)


def test_that_the_file_asks_what_it_does_not_tell(tmp_path: Path) -> None:
    path = file_of(theirs(), tmp_path / "mine.safetensors")
    found = weights_file(path)
    assert found is not None and (found.encoder_layers, found.decoder_layers) == (2, 3)
    assert (found.width, found.feed_forward, found.bias) == (WIDTH, 48, True)
    told: list[Event] = []
    engine = Engine(told.append, "cpu")
    engine.handle(OpenModel(str(path)))
    asks = told[-1]
    assert isinstance(asks, FileAsks) and "2 + 3 layers" in asks.found
    answers = tuple((question.name, question.default) for question in asks.questions)
    engine.handle(OpenModel(str(path), answers))
    (opened,) = [event for event in told if isinstance(event, ModelOpened)]
    engine.handle(OpenModel(opened.model.origin))  # As a session or the menu opens it again.
    assert len([event for event in told if isinstance(event, ModelOpened)]) == 2


def test_that_heads_must_share_the_width(tmp_path: Path) -> None:
    path = file_of(theirs(), tmp_path / "mine.safetensors")
    with pytest.raises(ModelFileError, match="5 heads cannot share a width of 32 evenly"):
        opened(path, heads=5)


def test_that_the_command_line_names_the_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(theirs(), tmp_path / "mine.safetensors")
    with pytest.raises(AsksError):
        open_subject(str(path), CPU)
    assert main(["inspect", str(path), "a cat"]) == 1
    assert "?heads=8&norm=after&activation=relu" in capsys.readouterr().err
    reference = f"{path}?heads=4&norm=before&activation=relu&positions=none"
    assert main(["inspect", reference, "a cat", "--target", "the cat"]) == 0
    assert "cross.2    head 4" in capsys.readouterr().out
    assert main(["decode", reference, "a cat"]) == 1
    assert "no layer that says words" in capsys.readouterr().err


def test_that_its_attention_shows_and_it_writes_nothing(tmp_path: Path) -> None:
    subject = opened(file_of(theirs(), tmp_path / "mine.safetensors"))
    trace = trace_sentence(subject, "old cat", "the")
    assert [token.text for token in trace.source[:3]] == ["o", "l", "d"]
    assert len(trace.weights) == 2 + 3 + 3
    assert trace_sentence(subject, "old cat").target_text == ""
    told = describe(subject)
    assert told.foreign is not None and not told.foreign.guesses
    assert any("holds no words" in note for note in trace.notes)


def test_that_a_file_cut_short_or_of_something_else_is_told(tmp_path: Path) -> None:
    path = file_of(theirs(), tmp_path / "mine.safetensors")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(ModelFileError, match="cannot be read"):
        opened(path)
    tensors = {n: t for n, t in theirs().state_dict().items() if "linear2" not in n}
    save_file(tensors, tmp_path / "lacks.safetensors")
    with pytest.raises(ModelFileError, match=r"fits encoder\.0\.feed_forward\.contract"):
        opened(tmp_path / "lacks.safetensors")
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    assert weights_file(tmp_path / "other.safetensors") is None
    told: list[Event] = []
    Engine(told.append, "cpu").handle(OpenModel(str(tmp_path / "other.safetensors")))
    assert isinstance(told[-1], Failed)
