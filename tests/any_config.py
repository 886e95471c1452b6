"""Settings drawn at random, all of them together, and small enough to run at once."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from explorer.messages.config import ModelConfig
from explorer.messages.settings import Setting, all_settings

SETTINGS = {setting.path: setting for setting in all_settings()}
Values = dict[str, Any]

SMALL: Mapping[str, tuple[float, float]] = {
    "model.encoder_layers": (1, 2), "model.decoder_layers": (1, 2), "model.feed_forward": (1, 20),
    "model.rotary_base": (1, 1e6), "model.window": (1, 6), "model.stride": (2, 4),
    "model.global_tokens": (1, 4), "model.score_cap": (0, 8), "model.max_length": (24, 40),
}  # fmt: skip
"""Narrower bounds of settings than those that a person has."""


def any_value(setting: Setting) -> st.SearchStrategy[Any]:
    """A value within the setting's bounds, made smaller by `SMALL`."""
    if setting.kind == "choice":
        return st.sampled_from(setting.choices)
    if setting.kind == "switch":
        return st.booleans()
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
