"""What comes with the application is found, in the clone and as a wheel carries it."""

from pathlib import Path

import pytest

from explorer import resources


def test_that_icons_and_help_are_found() -> None:
    assert resources.resource("icons", "app.svg").is_file()
    assert resources.resource("help", "how-to-read.md").is_file()


def test_that_what_the_package_carries_is_preferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "explorer"
    (package / "_sample_models" / "dates").mkdir(parents=True)
    (package / "_sample_models" / "dates" / "run.toml").touch()
    (package / "_sample_models" / "notes").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    resources._folder.cache_clear()
    try:
        found = resources.sample_models()
    finally:
        resources._folder.cache_clear()
    assert found == {"dates": package / "_sample_models" / "dates"}
