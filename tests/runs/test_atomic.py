"""Files and folders are there whole or not at all."""

from pathlib import Path

import pytest

from explorer.runs.atomic import whole_file, whole_folder, write_text


def test_that_an_error_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    write_text(path, "old")
    with pytest.raises(KeyError), whole_file(path) as beside:
        beside.write_text("new, but only ha")
        raise KeyError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["run.toml"]


def test_that_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "run.toml"
    write_text(path, "old")
    with whole_file(path) as beside:
        beside.write_text("größer", encoding="utf-8")
        assert path.read_text() == "old"
    assert path.read_text(encoding="utf-8") == "größer"


def test_that_an_error_in_the_middle_leaves_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "step-1"
    with whole_folder(path) as beside:
        (beside / "a").write_text("old")
    with pytest.raises(KeyError), whole_folder(path) as beside:
        (beside / "a").write_text("ne")
        raise KeyError
    assert (path / "a").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["step-1"]


def test_that_a_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "step-1"
    for name in ("a", "b"):
        with whole_folder(path) as beside:
            (beside / name).write_text(name)
    assert [p.name for p in path.iterdir()] == ["b"]


def test_that_what_a_power_cut_left_beside_is_no_obstacle(tmp_path: Path) -> None:
    left = tmp_path / ".step-1.part"
    left.mkdir()
    (left / "half").write_text("ha")
    with whole_folder(tmp_path / "step-1") as beside:
        (beside / "a").write_text("a")
    assert [p.name for p in (tmp_path / "step-1").iterdir()] == ["a"]
