"""`torch.nn.Transformer`'s weights in our own Transformer, with words made for them."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.data.coding import Coding, Vocabularies
from explorer.data.vocabulary import train_vocabulary
from explorer.messages.config import ModelConfig, RunConfig, TaskConfig
from explorer.messages.foreign import NO_STEP, Foreign, folder_title
from explorer.model.transformer import Transformer
from explorer.runs.weights import ModelFileError
from explorer.subjects.modules.weights_file import WeightsFile, with_answers
from explorer.subjects.subject import Sentence, Subject, make_model

_LONGEST = 512
_SEED = 0
_LETTERS = string.ascii_letters + string.digits + string.punctuation + " "
_EXAMPLE = "the old cat sleeps"
_NOTES = (
    (
        "The file holds no words: each letter reads as a vector that is drawn at random, always "
        "the same. What the heads do with words of its model cannot be seen from this file."
    ),
    "Nothing says words, so it writes none: type a target too.",
)
Table = Mapping[str, Tensor]


@dataclass(slots=True)
class ModuleSubject(Subject):
    """A model that reads letters as vectors made for them, and says nothing."""

    @property
    def foreign(self) -> Foreign:
        """It runs in our own layers, and knows no words."""
        return Foreign("own", guesses=False)

    def source(self, text: str) -> Sentence:
        """What the encoder reads, with a note of what its letters are."""
        found = Subject.source(self, text)
        return replace(found, notes=(*found.notes, _NOTES[0]))


def open_module(
    found: WeightsFile, answers: Mapping[str, int | str], device: torch.device
) -> Subject:
    """The file's weights as a model; raises `ModelFileError` in words, also for open questions."""
    given = found.checked(answers)
    config = _config(found, given)
    words = train_vocabulary([_LETTERS], "character", 200)
    coding = Coding(config, Vocabularies.one(words))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        model = make_model(coding)
    try:
        _fill(model, load_file(found.path), found)
    except SafetensorError as error:
        raise ModelFileError(f"{found.path} cannot be read: {error}. Download it anew") from None
    title = found.path.stem if found.path.stem != "model" else folder_title(found.path.parent)
    return ModuleSubject(
        title, with_answers(found.path, given), config, model.to(device).eval(), coding, NO_STEP,
        _NOTES,
    )  # fmt: skip


def _config(found: WeightsFile, given: Mapping[str, int | str]) -> RunConfig:
    shape = ModelConfig.model_construct(
        width=found.width, heads=int(given["heads"]), encoder_layers=found.encoder_layers,
        decoder_layers=found.decoder_layers, feed_forward=found.feed_forward, dropout=0.0,
        norm=str(given["norm"]), activation=str(given["activation"]), bias=found.bias,
        positions=str(given["positions"]), max_length=_LONGEST,
    )  # fmt: skip
    return RunConfig.model_construct(
        title="", example=_EXAMPLE, model=shape, task=TaskConfig.model_construct(name="pairs")
    )


@torch.no_grad()
def _fill(model: Transformer, theirs: Table, found: WeightsFile) -> None:
    """Give every parameter of the stacks its tensor; raises `ModelFileError` for one missing."""
    tensors = {name.removeprefix(found.prefix): tensor for name, tensor in theirs.items()}
    for side in ("encoder", "decoder"):  # PyTorch norms at the end in either case.
        if f"{side}.norm.weight" in tensors:
            bias = f"{side}.norm.bias" in tensors
            setattr(model, f"{side}_norm", nn.LayerNorm(found.width, bias=bias))
    ours = _translated(tensors, found)
    for name, parameter in model.named_parameters():
        if not name.startswith(("encoder", "decoder")):
            continue
        tensor = ours.get(name)
        if tensor is None or tensor.shape != parameter.shape:
            raise ModelFileError(
                f"{found.path} is not whole, or no torch.nn.Transformer as PyTorch has it: nothing "
                f"in it fits {name}"
            )
        parameter.copy_(tensor)


def _translated(tensors: Table, found: WeightsFile) -> dict[str, Tensor]:
    """Their tensors under our names."""
    made: dict[str, Tensor] = {}
    counts = {"encoder": found.encoder_layers, "decoder": found.decoder_layers}
    for side, count in counts.items():
        made |= _named(tensors, f"{side}.norm", f"{side}_norm")
        for layer in range(count):
            theirs, ours = f"{side}.layers.{layer}", f"{side}.{layer}"
            pairs = {
                "linear1": "feed_forward.expand", "linear2": "feed_forward.contract",
                "norm1": "residual_1.norm", "norm2": "residual_2.norm", "norm3": "residual_3.norm",
            }  # fmt: skip
            for a, b in pairs.items():
                made |= _named(tensors, f"{theirs}.{a}", f"{ours}.{b}")
            made |= _attention(tensors, f"{theirs}.self_attn.", f"{ours}.self_attention.")
            made |= _attention(tensors, f"{theirs}.multihead_attn.", f"{ours}.cross_attention.")
    return made


def _named(tensors: Table, theirs: str, ours: str) -> dict[str, Tensor]:
    kinds = ("weight", "bias")
    return {f"{ours}.{k}": tensors[f"{theirs}.{k}"] for k in kinds if f"{theirs}.{k}" in tensors}


def _attention(tensors: Table, theirs: str, ours: str) -> dict[str, Any]:
    made: dict[str, Tensor] = _named(tensors, f"{theirs}out_proj", f"{ours}output")
    for kind in ("weight", "bias"):
        whole = tensors.get(f"{theirs}in_proj_{kind}")
        if whole is not None:
            for name, part in zip(("query", "key", "value"), whole.chunk(3), strict=True):
                made[f"{ours}{name}.{kind}"] = part
    return made
