"""Presets: every file fits, and a damaged one is named with what is wrong."""

from pathlib import Path

import pytest

from explorer.messages.presets import all_presets, load_preset, preset_names, read_settings
from explorer.messages.settings import SettingsError
from explorer.messages.task_config import GENERATED, OWN
from explorer.messages.tasks import TASK_INFO


def test_that_every_preset_fits_and_has_a_title_and_an_example() -> None:
    for preset in all_presets():
        assert preset.config.title == preset.title, preset.name
        assert preset.config.example, preset.name


def test_that_presets_have_different_titles() -> None:
    titles = [preset.title for preset in all_presets()]
    assert len(titles) == len(set(titles)) > 1


def test_that_a_preset_named_after_a_task_is_of_that_task() -> None:
    named = [p for p in all_presets() if p.name in (*GENERATED, *OWN)]
    assert named
    for preset in named:
        assert preset.config.task.name == preset.name


def test_that_every_task_has_a_preset_named_after_it() -> None:
    assert {*GENERATED, *OWN} <= set(preset_names())


def test_that_every_task_is_put_in_words() -> None:
    assert set(TASK_INFO) == set(GENERATED) | set(OWN)


def test_that_an_unknown_preset_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"no preset 'revers'; choose one of .*reverse"):
        load_preset("revers")


def test_that_names_that_lead_elsewhere_are_unknown() -> None:
    with pytest.raises(SettingsError, match="there is no preset"):
        load_preset("../presets/reverse")


def test_that_the_presets_come_from_easy_to_hard() -> None:
    names = preset_names()
    assert names.index("reverse") < names.index("translate-en-fr")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[model\n", "mine.toml: is not proper TOML"),
        (b"title = '\xff'", "mine.toml: is not UTF-8 text"),
        (b"[model]\nheads = 3\nwidth = 128\n", "mine.toml: model.heads: 3 heads do not divide"),
        (b"[model]\nhead = 3\n", "did you mean model.heads"),
        (b"model = 3\n", "mine.toml: model: "),
    ],
)
def test_that_a_damaged_file_is_named_with_what_is_wrong(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_settings(file)
    assert sentence in str(caught.value)


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone.toml: there is no such file"):
        read_settings(tmp_path / "gone.toml")


def test_that_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)
