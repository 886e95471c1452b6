"""Settings: what fits is taken, what does not is named in words."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.messages.config import ModelConfig, RunConfig
from explorer.messages.settings import Setting, SettingsError, all_settings, validated, with_values

SETTINGS = list(all_settings())
NUMBERS = [s for s in SETTINGS if s.kind in ("integer", "number")]
BASE = RunConfig()
PATIENT = settings(deadline=None)


def value_of(config: RunConfig, path: str) -> Any:
    section, _, name = path.partition(".")
    return getattr(getattr(config, section), name)


def numbers(setting: Setting) -> st.SearchStrategy[float]:
    low, high = setting.minimum, setting.maximum
    assert low is not None and high is not None
    if setting.kind == "integer":
        return st.integers(int(low), int(high))
    return st.floats(low, high)


def test_that_every_setting_explains_itself() -> None:
    for setting in SETTINGS:
        assert setting.title and setting.help.endswith("."), setting.path


def test_that_every_number_has_bounds_around_its_default() -> None:
    for setting in NUMBERS:
        assert setting.minimum is not None and setting.maximum is not None, setting.path
        assert setting.minimum <= setting.default <= setting.maximum, setting.path


def test_that_paths_are_unique() -> None:
    paths = [setting.path for setting in SETTINGS]
    assert len(paths) == len(set(paths))


@PATIENT
@given(st.data())
def test_that_a_number_within_bounds_is_taken_or_named(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(NUMBERS))
    number = data.draw(numbers(setting))
    try:
        config = with_values(BASE, {setting.path: number})
    except SettingsError as error:
        assert str(error).partition(":")[0] in {s.path for s in SETTINGS}
    else:
        assert value_of(config, setting.path) == number


@PATIENT
@given(st.data())
def test_that_a_number_and_its_text_mean_the_same(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(NUMBERS))
    number = data.draw(numbers(setting))
    results = []
    for given_value in (number, repr(number)):
        try:
            results.append(with_values(BASE, {setting.path: given_value}))
        except SettingsError:
            results.append(None)
    assert results[0] == results[1]


@PATIENT
@given(st.data())
def test_that_a_number_out_of_bounds_is_refused_by_its_name(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(NUMBERS))
    assert setting.minimum is not None and setting.maximum is not None
    beyond = st.one_of(
        st.integers(max_value=int(setting.minimum) - 1), st.integers(int(setting.maximum) + 1)
    )
    with pytest.raises(SettingsError, match=f"^{setting.path}: "):
        with_values(BASE, {setting.path: data.draw(beyond)})


@PATIENT
@given(st.sampled_from(NUMBERS), st.sampled_from(["nan", "inf", "-inf", "", "ten", "1,5"]))
def test_that_what_is_no_number_is_refused_by_its_name(setting: Setting, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^{setting.path}: "):
        with_values(BASE, {setting.path: text})


@PATIENT
@given(st.integers(1, 128), st.integers(2, 1024))
def test_that_heads_must_divide_the_width(heads: int, half: int) -> None:
    values = {"model.heads": heads, "model.width": 2 * half}
    if (2 * half) % heads == 0:
        assert with_values(BASE, values).model.heads == heads
    else:
        with pytest.raises(SettingsError, match=r"^model.heads: .* choose one of "):
            with_values(BASE, values)


@PATIENT
@given(st.text(max_size=20))
def test_that_an_unknown_choice_is_refused_with_the_known_ones(text: str) -> None:
    if text in get_args(ModelConfig.model_fields["activation"].annotation):
        return
    with pytest.raises(SettingsError, match=r"^model.activation: .*'relu', .* or 'geglu'"):
        with_values(BASE, {"model.activation": text})


def test_that_a_misspelt_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(SettingsError, match=r"did you mean training.steps\?"):
        with_values(BASE, {"training.step": 3})


def test_that_every_wrong_setting_gets_a_line() -> None:
    with pytest.raises(SettingsError) as caught:
        validated({"model": {"width": "wide"}, "training": {"steps": 0, "batch_size": 1.5}})
    assert str(caught.value).splitlines() == [
        "model.width: should be a whole number, not 'wide'",
        "training.steps: should be greater than or equal to 1, not 0",
        "training.batch_size: should be a whole number, not 1.5",
    ]


def test_that_a_configuration_survives_as_plain_values() -> None:
    config = with_values(BASE, {"model.heads": 8, "task.name": "parity", "training.seed": 7})
    assert validated(config.model_dump()) == config
