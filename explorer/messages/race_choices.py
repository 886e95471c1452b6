"""What can race against what: variants of a preset that differ in one thing alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.messages.config import RunConfig
from explorer.messages.race import Entrant
from explorer.messages.settings import SettingsError, with_values

Values = Mapping[str, Any]
_APART = 20
"""Steps between two looks at held-out data at least: often enough for a finishing line."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several ways: its name, and the settings that make it, given the preset's."""

    name: str
    values: Callable[[RunConfig], Values]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, in a sentence, and its variants."""

    title: str
    help: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant of a preset: an entrant, or why it cannot be one."""

    name: str
    entrant: Entrant | None
    refused: str = ""


def _same(name: str, **values: Any) -> Variant:
    """A variant of the same settings whatever the preset; `model__heads` is `model.heads`."""
    paths = {path.replace("__", "."): value for path, value in values.items()}
    return Variant(name, lambda _: paths)


def _layers(config: RunConfig) -> int:
    """All blocks of the preset, wherever they stand."""
    model, architecture = config.model, config.model.architecture
    encoder = model.encoder_layers if architecture != "decoder-only" else 0
    decoder = model.decoder_layers if architecture != "encoder-only" else 0
    return encoder + decoder


def _both(config: RunConfig) -> Values:
    decoder = max(1, _layers(config) // 2)
    return {
        "model.architecture": "encoder-decoder", "model.decoder_layers": decoder,
        "model.encoder_layers": max(1, _layers(config) - decoder),
    }  # fmt: skip


def _decoder(config: RunConfig) -> Values:
    return {"model.architecture": "decoder-only", "model.decoder_layers": _layers(config)}


def _encoder(config: RunConfig) -> Values:
    return {"model.architecture": "encoder-only", "model.encoder_layers": _layers(config)}


def _rate(factor: float) -> Callable[[RunConfig], Values]:
    return lambda config: {
        "training.learning_rate": config.training.learning_rate * factor,
        "training.muon_rate": config.training.muon_rate * factor,
    }


def _depth(layers: int) -> Values:
    return {"model.encoder_layers": layers, "model.decoder_layers": layers}


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "Architecture",
        "Reading and writing in two stacks, writing on from what stands there, or reading only; as "
        "many layers in all.",
        (
            Variant("Encoder–decoder", _both), Variant("Decoder alone", _decoder),
            Variant("Encoder alone", _encoder),
        ),
    ),
    Comparison(
        "Positions", "How a token knows its place.",
        (
            _same("Sinusoidal", model__positions="sinusoidal"),
            _same("Rotary", model__positions="rotary"),
            _same("Learned", model__positions="learned"), _same("None", model__positions="none"),
        ),
    ),
    Comparison(
        "Heads", "Into how many heads the same width is cut.",
        tuple(_same(f"{n} head{'s' * (n > 1)}", model__heads=n) for n in (1, 2, 4, 8)),
    ),
    Comparison(
        "Layers", "How many blocks each stack has.",
        tuple(
            Variant(f"{n} layer{'s' * (n > 1)}", lambda _, n=n: _depth(n)) for n in (1, 2, 3, 4)
        ),
    ),
    Comparison(
        "Norm", "Where the norm stands, before a sub-layer or after it as in the paper, and which.",
        (
            _same("Before", model__norm="before", model__norm_kind="layer"),
            _same("After", model__norm="after", model__norm_kind="layer"),
            _same("RMS, before", model__norm="before", model__norm_kind="rms"),
        ),
    ),
    Comparison(
        "Optimizer", "How a gradient becomes a step.",
        (
            _same("Adam", training__optimizer="adam"), _same("Muon", training__optimizer="muon"),
            _same("SGD", training__optimizer="sgd"),
        ),
    ),
    Comparison(
        "Learning rate", "How long a step is at its peak, of what the preset takes.",
        (
            Variant("A third", _rate(1 / 3)), Variant("As it is", _rate(1)),
            Variant("Three times", _rate(3)),
        ),
    ),
)  # fmt: skip


def offers(config: RunConfig, comparison: Comparison, steps: int) -> tuple[Offer, ...]:
    """Every variant of a preset, trained for so many steps, or why it does not fit."""
    return tuple(_offer(config, variant, steps) for variant in comparison.variants)


def _offer(config: RunConfig, variant: Variant, steps: int) -> Offer:
    common = {
        "training.steps": steps, "training.baselines": False,
        "training.evaluate_examples": min(config.training.evaluate_examples, 100),
        "training.warmup_steps": min(config.training.warmup_steps, steps // 5),
        "training.evaluate_every": max(_APART, min(config.training.evaluate_every, steps // 20)),
    }  # fmt: skip
    values = {**common, **variant.values(config)}
    try:
        return Offer(variant.name, Entrant(variant.name, with_values(config, values)))
    except SettingsError as error:
        return _with_room(config, variant, values, str(error))


def _with_room(config: RunConfig, variant: Variant, values: Values, why: str) -> Offer:
    """A decoder alone reads source and target at once, and so needs to read longer texts."""
    room = {"model.max_length": 2 * config.model.max_length + 2}
    try:
        return Offer(variant.name, Entrant(variant.name, with_values(config, {**values, **room})))
    except SettingsError:
        return Offer(variant.name, None, why)
