"""Settings drawn at random, all of them together, and small enough to run at once."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from explorer.messages.config import ModelConfig, TaskConfig
from explorer.messages.settings import Setting, all_settings
from explorer.messages.task_config import OWN
from explorer.messages.task_lengths import DIGIT_BY_DIGIT, LONGEST
from explorer.messages.tasks import TASK_INFO

SETTINGS = {setting.path: setting for setting in all_settings()}
Values = dict[str, Any]

SMALL: Mapping[str, tuple[float, float]] = {
    "model.encoder_layers": (1, 2), "model.decoder_layers": (1, 2), "model.feed_forward": (1, 20),
    "model.rotary_base": (1, 1e6), "model.window": (1, 6), "model.stride": (2, 4),
    "model.global_tokens": (1, 4), "model.score_cap": (0, 8), "model.max_length": (24, 40),
    "training.batch_size": (1, 6), "training.accumulate": (1, 8), "training.warmup_steps": (0, 6),
    "training.learning_rate": (1e-5, 3e-3), "training.muon_rate": (1e-4, 0.02),
    "training.decay_share": (0.05, 1), "training.weight_decay": (0, 0.3),
    "training.clip_norm": (0, 2), "training.label_smoothing": (0, 0.5),
    "training.evaluate_every": (1, 4), "training.evaluate_seconds": (0, 0.01),
    "training.evaluate_examples": (1, 5), "training.patience": (0, 2),
    "training.checkpoint_every": (1, 4), "training.keep_checkpoints": (1, 3),
    "task.symbols": (5, 36), "task.modulus": (40, 120), "task.mask_share": (0.05, 0.9),
    "task.vocabulary_size": (600, 8000), "task.min_count": (1, 2), "task.validation": (1, 5),
    "task.test": (0, 3), "task.validation_share": (0.1, 0.4), "task.test_share": (0, 0.3),
    "task.context": (2, 30),
}  # fmt: skip
"""Narrower bounds of settings than those that a person has."""


def any_value(setting: Setting) -> st.SearchStrategy[Any]:
    """A value within the setting's bounds, made smaller by `SMALL`."""
    if setting.kind == "choice":
        return st.sampled_from(setting.choices)
    if setting.kind == "switch":
        return st.booleans()
    if setting.kind == "text":
        return st.just(setting.default)
    low, high = SMALL.get(setting.path, (setting.minimum, setting.maximum))
    assert low is not None and high is not None, setting.path
    if setting.kind == "integer":
        return st.integers(int(low), int(high))
    return st.floats(low, high, exclude_max=setting.path not in SMALL and high < 2)


def any_dropout() -> st.SearchStrategy[float]:
    """None, some, or as the model's as a whole."""
    return st.sampled_from([-1.0, 0.0, 0.3])


@st.composite
def model_values(draw: st.DrawFn, **fixed: Any) -> Values:
    """Every setting of a model that fits together, by name; `fixed` ones are as given."""
    values: Values = {}
    for setting in SETTINGS.values():
        if setting.section == "model" and setting.name not in fixed:
            values[setting.name] = draw(_of_model(setting))
    values |= fixed
    values["heads"] = heads = draw(st.sampled_from([1, 2, 3, 4, 6]))
    groups = [0, *(g for g in range(1, heads + 1) if heads % g == 0)]
    values["key_value_heads"] = draw(st.sampled_from(groups))
    fits = {"rotary": [2, 4, 6], "sinusoidal": [2, 4, 6]}.get(values["positions"], [1, 2, 3, 4, 5])
    values["width"] = max(4, heads * draw(st.sampled_from(fits)))
    return values | {"width": 4 * heads} if values["width"] % heads else values


def _of_model(setting: Setting) -> st.SearchStrategy[Any]:
    if setting.name in ("width", "heads", "key_value_heads"):
        return st.none()  # They must fit each other.
    if setting.name == "dropout":
        return st.sampled_from([0.0, 0.2])
    if setting.name.endswith("_dropout"):
        return any_dropout()
    if setting.name == "score_cap":
        return st.sampled_from([0.0, 0.0, 0.5, 3.0])
    return any_value(setting)


def model_configs(**fixed: Any) -> st.SearchStrategy[ModelConfig]:
    """Any small model."""
    return model_values(**fixed).map(ModelConfig.model_validate)


# Whole runs

STEPS = 3
HERE = {"training.precision": ("float32", "bfloat16"), "training.steps": (STEPS,)}
"""What this machine can, and as long as a test can wait."""


@st.composite
def run_values(draw: st.DrawFn, files: Mapping[str, str]) -> Values:
    """Settings of a whole run by path, that fit together; `files` has one for each own task."""
    name = draw(st.sampled_from(SETTINGS["task.name"].choices))
    info = TASK_INFO[name]  # type: ignore[index]
    architecture = draw(st.sampled_from(info.architectures))
    model = draw(model_values(architecture=architecture))
    values = {f"model.{key}": value for key, value in model.items()}
    for path, setting in SETTINGS.items():
        if setting.section in ("task", "training") and setting.kind != "text":
            kinds = HERE.get(path)
            values[path] = draw(st.sampled_from(kinds) if kinds else any_value(setting))
    values |= {"task.name": name, "task.file": files.get(name, "")}
    label = info.form in ("aligned", "class") and architecture == "encoder-only"
    kinds = ("word",) if label and name not in OWN else ("word", "character", "bpe")
    kinds = ("character", "bpe") if name in DIGIT_BY_DIGIT else kinds
    values["task.vocabulary"] = draw(st.sampled_from(kinds))
    shortest = draw(st.integers(1, 6))
    values |= {"task.min_length": shortest, "task.max_length": shortest + draw(st.integers(4, 6))}
    needed = max(4, values["task.context"], _needed(values))
    values["model.max_length"] = longest = needed + draw(st.sampled_from([0, 0, 1, 20]))
    values["decoding.max_length"] = draw(st.integers(1, longest))
    values["decoding.candidates"] = draw(st.integers(1, 100))
    return values


def _needed(values: Values) -> int:
    """Tokens that the model has to read for the task's longest examples."""
    name = values["task.name"]
    if name not in LONGEST:
        return 4
    task = TaskConfig.model_validate({
        path.removeprefix("task."): value for path, value in values.items()
        if path.startswith("task.")
    })  # fmt: skip
    signal = bool(TASK_INFO[name].signal)
    return LONGEST[name](task).read_at_once(values["model.architecture"], signal=signal)
