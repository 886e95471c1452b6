"""`attention-explorer inspect` writes every kind of file, and says in words what cannot be."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage

from explorer.cli import main

pytestmark = pytest.mark.usefixtures("qapp")


def inspect(*options: object) -> int:
    return main(["inspect", "reverse", "3 1 4 1", *map(str, options)])


def test_that_every_kind_of_file_is_written_at_once(tmp_path: Path) -> None:
    kinds = ("png", "svg", "pdf", "html", "csv", "npz", "json")
    options = [each for kind in kinds for each in (f"--{kind}", tmp_path / f"a.{kind}")]
    assert inspect(*options) == 0
    assert sorted(path.suffix[1:] for path in tmp_path.iterdir()) == sorted(kinds)
    # Where a sign comes from another typeface, the reader breaks the line around it.
    caption = " ".join(PdfReader(tmp_path / "a.pdf").pages[0].extract_text().split())
    assert "reverse, step 1,500 · “3 1 4 1” → “1 4 1 3”" in caption
    assert "All heads" in (tmp_path / "a.svg").read_text("utf-8")
    assert "reverse, step 1,500" in (tmp_path / "a.html").read_text("utf-8")


def test_that_kind_layer_and_head_choose_what_is_in_the_files(tmp_path: Path) -> None:
    options = ("--kind", "cross", "--layer", 1, "--head", 2, "--npz", tmp_path / "a.npz")
    assert inspect(*options, "--csv", tmp_path / "a.csv", "--csv-form", "matrix") == 0
    arrays = np.load(tmp_path / "a.npz")
    assert arrays["cross.0.heads"].tolist() == [1]
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    np.testing.assert_array_equal(
        np.array([line[1:] for line in lines[1:]], np.float32), arrays["cross.0"][0]
    )


def test_that_a_view_of_one_head_names_it_and_its_tokens(tmp_path: Path) -> None:
    svg = tmp_path / "a.svg"
    named = ("--kind", "cross", "--head", 3, "--query", 2, "--key", 1)
    assert inspect("--view", "map", *named, "--svg", svg) == 0
    assert "Cross-attention, layer 1, head 3" in svg.read_text("utf-8")


def test_that_special_tokens_are_hidden_and_rows_renormalised_only_when_asked(
    tmp_path: Path,
) -> None:
    said: list[dict] = []
    for options in ((), ("--hide-special",), ("--hide-special", "--renormalise")):
        assert inspect(*options, "--json", tmp_path / "a.json") == 0
        said.append(json.loads((tmp_path / "a.json").read_text("utf-8")))
    plain, hidden, whole = (np.array(each["weights"]["cross.0"]) for each in said)
    assert plain.shape[1:] == (5, 5) and hidden.shape[1:] == (4, 4)
    np.testing.assert_allclose(hidden, plain[:, 1:, :4])
    np.testing.assert_allclose(whole.sum(-1), 1, atol=1e-6)
    assert "renormalised" in said[2]["note"]


def test_that_size_and_resolution_are_as_asked(tmp_path: Path) -> None:
    png = tmp_path / "a.png"
    assert inspect("--png", png, "--size", "800x600px") == 0
    assert (QImage(str(png)).width(), QImage(str(png)).height()) == (800, 600)
    assert inspect("--png", png, "--size", "50.8mm", "--dpi", 300) == 0
    assert QImage(str(png)).width() == 600


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--layer", 9), "No such head: this model has encoder, decoder, cross attention"),
        (("--view", "pie"), "--view pie: choose one of all, map"),
        (("--size", "wide"), "write WIDTH or WIDTHxHEIGHT"),
        (("--font", "Times 900"), "3 to 72 points"),
        (("--renormalise",), "goes with --hide-special"),
    ],
)
def test_that_what_cannot_be_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[object, ...], said: str
) -> None:
    assert inspect(*options, "--png", tmp_path / "a.png") == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
