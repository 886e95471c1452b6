"""A `state_dict` of `torch.nn.Transformer` in safetensors: what it tells, and what it leaves open.

`FILE?heads=8&norm=after&activation=relu&positions=none` names a file with the answers.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.messages.foreign import FileAsks, Question
from explorer.runs.weights import ModelFileError

_FIRST = re.compile(r"(.*?)encoder\.layers\.0\.self_attn\.in_proj_weight")
_LAYER = re.compile(r"(encoder|decoder)\.layers\.(\d+)\.")
_HEAD_WIDTH = 64
Shapes = Mapping[str, tuple[int, ...]]
Answers = Mapping[str, int | str]


class AsksError(ModelFileError):
    """The file opens once its questions are answered."""

    def __init__(self, asks: FileAsks) -> None:
        wanted = "&".join(f"{q.name}={q.default}" for q in asks.questions)
        names = ", ".join(q.label.lower() for q in asks.questions)
        super().__init__(
            f"{asks.path} holds weights alone ({asks.found}) and does not tell: {names}. Name "
            f"them, as in '{asks.path}?{wanted}'"
        )
        self.asks = asks


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """The file, and what shapes and names of its tensors tell."""

    path: Path
    prefix: str
    width: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int
    bias: bool

    @property
    def found(self) -> str:
        """In words for a person."""
        return (
            f"{self.encoder_layers} + {self.decoder_layers} layers of torch.nn.Transformer, width "
            f"{self.width:,}, feed-forward {self.feed_forward:,}"
        )

    def questions(self) -> tuple[Question, ...]:
        """What nobody can tell from the tensors."""
        usual = max(1, self.width // _HEAD_WIDTH)
        usual = next(n for n in range(max(usual, 8), 0, -1) if self.width % n == 0)
        return (
            Question(
                "heads", "Heads", "Heads of every attention (h, nhead): the width is shared out "
                "among them, so it must be a multiple.", usual, 1, self.width,
            ),
            Question(
                "norm", "Norm", "Layer norm after each sub-layer, as in the paper and by default, "
                "or before it (norm_first=True).", "after", choices=("after", "before"),
            ),
            Question(
                "activation", "Activation", "What the feed-forward layers were trained with.",
                "relu", choices=("relu", "gelu"),
            ),
            Question(
                "positions", "Positions", "What is added to words before the first layer: the "
                "module itself adds nothing, those who use it mostly add the paper's sines.",
                "sinusoidal", choices=("sinusoidal", "none"),
            ),
        )  # fmt: skip

    def checked(self, answers: Answers) -> dict[str, int | str]:
        """The answers as they are used; raises `AsksError` where one is missing or impossible."""
        found: dict[str, int | str] = {}
        for question in self.questions():
            given = str(answers.get(question.name, ""))
            if question.choices and given in question.choices:
                found[question.name] = given
            elif not question.choices and given.isdecimal() and 0 < int(given) <= self.width:
                found[question.name] = int(given)
        heads = found.get("heads", 1)
        if isinstance(heads, int) and self.width % heads:
            raise ModelFileError(
                f"{heads} heads cannot share a width of {self.width:,} evenly: take a number that "
                "divides it"
            )
        if len(found) < len(self.questions()):
            raise AsksError(FileAsks(str(self.path), self.found, self.questions()))
        return found


def split_answers(reference: str) -> tuple[str, dict[str, int | str]]:
    """The path, and the answers behind its question mark."""
    path, mark, said = reference.partition("?")
    if not mark:
        return reference, {}
    pairs = (pair.partition("=") for pair in said.split("&"))
    return path, {name: value for name, _, value in pairs}


def with_answers(path: Path, answers: Answers) -> str:
    """A reference that opens the same again."""
    return f"{path}?" + "&".join(f"{name}={value}" for name, value in answers.items())


def weights_file(path: Path) -> WeightsFile | None:
    """What is in a file of weights, if they are those of the module; None for anything else."""
    if path.suffix != ".safetensors" or not path.is_file():
        return None
    shapes = _shapes(path)
    first = next((found for name in shapes if (found := _FIRST.fullmatch(name))), None)
    if first is None:
        return None
    prefix = first[1]
    layers = {"encoder": 0, "decoder": 0}
    for name in shapes:
        found = _LAYER.match(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if found is not None:
            layers[found[1]] = max(layers[found[1]], int(found[2]) + 1)
    if not layers["decoder"]:
        return None
    start = f"{prefix}encoder.layers.0."
    expand = shapes.get(f"{start}linear1.weight", (0, 0))
    return WeightsFile(
        path.absolute(), prefix, expand[1], expand[0], layers["encoder"], layers["decoder"],
        f"{start}linear1.bias" in shapes,
    )  # fmt: skip


def _shapes(path: Path) -> Shapes:
    """The shape of every tensor by its name; nothing of a file that is no safetensors."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > path.stat().st_size:
            return {}
        try:
            told = json.loads(stream.read(length))
            return {name: tuple(e["shape"]) for name, e in told.items() if name != "__metadata__"}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {}
