"""A run as one file: it comes back as it was, and what is no run stays outside."""

import stat
import zipfile
from pathlib import Path

import pytest

from explorer.runs import archive
from explorer.runs.archive import Job, at_once, pack, unpack
from explorer.runs.folder import RunFolder
from explorer.runs.lock import RunLock
from explorer.runs.weights import ModelFileError
from tests.small import begin, finish


def refusal(job: Job) -> str:
    with pytest.raises(ModelFileError) as caught:
        at_once(job)
    return str(caught.value)


def contents(folder: Path) -> dict[str, bytes]:
    """All files but hidden ones."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found if not path.name.startswith(".")
    }  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    made = begin(tmp_path / "a run", [])
    finish(made)
    return made.folder.path


@pytest.fixture
def file(tmp_path: Path, run: Path) -> Path:
    return at_once(pack(run, tmp_path / "a.run.zip"))


def runs(user_folder: Path) -> list[str]:
    return sorted(path.name for path in (user_folder / "runs").iterdir())


def add(file: Path, name: str, text: str = "x", mode: int = stat.S_IFREG | 0o644) -> None:
    about = zipfile.ZipInfo(name)
    about.external_attr = mode << 16
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(about, text)


def test_that_a_run_comes_back_with_equal_files_and_a_taken_name_gets_a_number(
    user_folder: Path, run: Path, file: Path
) -> None:
    heard: list[tuple[int, int]] = []
    first, second = at_once(unpack(file, lambda *part: heard.append(part))), at_once(unpack(file))
    assert runs(user_folder) == ["a run", "a run (2)"]
    assert contents(first) == contents(second) == contents(run)
    assert "checkpoints/step-00000020/optimizer.safetensors" in contents(first)
    assert heard[-1][0] == heard[-1][1] == sum(map(len, contents(run).values()))
    assert RunFolder(first).config() == RunFolder(run).config()
    again = at_once(pack(first, file.with_name("again.run.zip")))
    assert again.read_bytes() == file.read_bytes(), "the same run is the same file"


@pytest.mark.parametrize(
    "name",
    ["a run/../../evil", "/etc/evil", "a run/..\\evil", "C:/evil", "a run/.hidden", "a run/nul.txt",
     "a run//evil", "a run/evil. ", "evil"],
)  # fmt: skip
def test_that_a_path_that_leads_elsewhere_is_refused(
    user_folder: Path, file: Path, name: str
) -> None:
    add(file, name)
    assert "was not taken in" in refusal(unpack(file))
    assert runs(user_folder) == [] and not list(user_folder.parent.rglob("evil*"))


def test_that_links_and_doubled_names_are_refused(user_folder: Path, file: Path) -> None:
    whole = file.read_bytes()
    add(file, "a run/link", "/etc/passwd", stat.S_IFLNK | 0o777)
    assert "a link or device “a run/link”" in refusal(unpack(file))
    file.write_bytes(whole)
    add(file, "a run/METRICS.jsonl")
    assert "two files of the same name" in refusal(unpack(file))
    assert runs(user_folder) == []


def test_that_what_takes_too_much_room_is_refused_with_the_bound(
    user_folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert "a run may take" in refusal(unpack(file))
    assert runs(user_folder) == []


def test_that_what_is_no_run_or_is_damaged_is_refused(
    user_folder: Path, tmp_path: Path, file: Path
) -> None:
    text = tmp_path / "text.run.zip"
    text.write_text("no archive")
    assert "is no exported run" in refusal(unpack(text))
    other = tmp_path / "other.run.zip"
    add(other, "folder/notes.md")
    assert "holds no run" in refusal(unpack(other))
    add(other, "folder/run.toml", "[model]\nwidth = -3\n")
    assert "run.toml" in refusal(unpack(other))
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 255
    file.write_bytes(whole)
    assert "damaged" in refusal(unpack(file))
    assert runs(user_folder) == []


def test_that_a_run_that_trains_and_a_place_inside_it_are_refused(run: Path) -> None:
    assert "outside its folder" in refusal(pack(run, run / "x.run.zip"))
    lock = RunLock.take(run)
    try:
        assert "is being trained" in refusal(pack(run, run.parent / "x.run.zip"))
    finally:
        lock.release()
    assert not list(run.parent.glob("*.run.zip*"))


def test_that_a_job_that_is_given_up_leaves_nothing(
    user_folder: Path, tmp_path: Path, run: Path, file: Path
) -> None:
    for job in (pack(run, tmp_path / "half.run.zip"), unpack(file)):
        next(job)
        next(job)
        job.close()
    assert runs(user_folder) == [] and not list(tmp_path.glob("*half*"))
