"""The measures as CSV, JSON and lines, and from the command line."""

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.inspection.measures import measure_heads
from explorer.messages.measures import MEASURES, HeadMeasures, ordered, with_role
from explorer.messages.results import Site, SiteKind
from explorer.tables.measures_table import as_csv, as_json, as_lines, save_measures
from tests.inspection.hand import CROSS, ENCODER, even, hand_trace, one_hot


def found() -> HeadMeasures:
    previous, spread = one_hot([0, 0, 1, 2], 4), even(4, 4)
    backwards = one_hot([2, 1, 0, 3], 4)
    weights = {ENCODER: np.concatenate([spread, previous]), CROSS: backwards}
    return measure_heads(hand_trace(weights, "abc$", "^xyz"))


def test_that_a_line_of_the_csv_is_a_head_with_every_measure() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(found()))))
    assert [(row["attention"], row["layer"], row["head"]) for row in rows] == [
        ("encoder", "1", "1"), ("encoder", "1", "2"), ("cross", "1", "1")
    ]  # fmt: skip
    assert set(rows[0]) >= {measure.key for measure in MEASURES}
    assert (rows[1]["role"], float(rows[1]["previous"])) == ("previous token", 1)
    assert rows[2]["previous"] == "" and float(rows[2]["antidiagonal"]) == 1


def test_that_the_json_holds_no_number_that_json_has_not() -> None:
    value = json.loads(json.dumps(as_json(found()), allow_nan=False))
    assert value["heads"][0]["values"]["induction"] is None
    assert value["heads"][1]["queries"]["previous"] == 3
    assert {m["key"] for m in value["measures"]} == {m.key for m in MEASURES}


def test_that_a_file_is_written_by_its_name(tmp_path: Path) -> None:
    save_measures(found(), tmp_path / "m.json")
    save_measures(found(), tmp_path / "m.csv")
    assert json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["model"] == "hand"
    assert (tmp_path / "m.csv").read_text(encoding="utf-8-sig").startswith("attention,layer")


def test_that_the_lines_stand_in_columns() -> None:
    first, *lines = as_lines(found())
    assert "3 heads measured on this sentence" in first
    assert len({len(line) for line in lines}) == 1


class TestOrder:
    def test_that_heads_are_ordered_by_a_measure_and_those_without_it_come_last(self):
        site, cross = Site(SiteKind.ENCODER, 0), (Site(SiteKind.CROSS, 0), 0)
        assert ordered(found(), "previous") == ((site, 1), (site, 0), cross)
        assert ordered(found(), "previous", rising=True) == ((site, 0), (site, 1), cross)

    def test_that_heads_are_ordered_by_role_and_by_how_sure_it_is(self):
        roles = [found().label(*head).role for head in ordered(found(), "label")]
        assert roles == ["previous", "antidiagonal", "broad"]
        sure = [found().label(*head).confidence for head in ordered(found(), "confidence")]
        assert sure == sorted(sure, reverse=True)

    def test_that_heads_are_found_by_role(self):
        assert with_role(found(), "previous", "broad") == ((ENCODER, 0), (ENCODER, 1))

    def test_that_a_head_that_was_not_measured_has_nothing(self):
        assert math.isnan(found().value(ENCODER, 9, "peak"))
        assert found().label(ENCODER, 9).title == "not measured"


class TestCommand:
    def test_that_measures_are_written_and_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ):
        file = tmp_path / "m.csv"
        assert main(["inspect", "reverse", "7 3 9 1 5 2", "--measures", str(file)]) == 0
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        roles = [row["role"] for row in rows if row["attention"] == "cross"]
        assert roles.count("aligner, anti-diagonal") == 3
        assert "12 heads measured on this sentence" in capsys.readouterr().out

    def test_that_a_sample_is_measured(self, tmp_path: Path):
        file = tmp_path / "m.json"
        asked = ["--measures", str(file), "--sample", "5"]
        assert main(["inspect", "reverse", "7 3 9", *asked]) == 0
        assert json.loads(file.read_text(encoding="utf-8"))["held_out_examples"] == 5

    def test_that_a_sample_needs_a_file(self, capsys: pytest.CaptureFixture[str]):
        assert main(["inspect", "reverse", "7 3 9", "--sample", "5"]) == 2
        assert "--measures" in capsys.readouterr().err
