"""Attention as data files: read back by other programs' own readers."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.messages.heads import Heads, MadeWeights, Overview
from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import Reading, Shown
from explorer.tables.arrays import write_npz
from explorer.tables.csv_table import LONG, matrix_text, write_csv
from explorer.tables.json_table import write_json
from explorer.tables.part import TooMuchError, one_head, part_of
from tests.ui.heads import trace
from tests.ui.scripts import token

CROSS = Site(SiteKind.CROSS, 1)
WORDS = replace(Reading(), words=True, hide_special=True, renormalise=True)


def odd() -> Shown:
    """Tokens that a careless writer would break on."""
    source = [token(text) for text in ('a"b', "x,y", "line\nbreak", "חתול", "猫", "=1+1")]
    return Shown(trace(source))


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_that_a_long_table_has_a_line_for_each_weight_exactly_as_it_is(tmp_path: Path) -> None:
    shown = odd()
    write_csv(part_of(shown), tmp_path / "a.csv")
    head, *lines = rows(tmp_path / "a.csv")
    assert tuple(head) == LONG
    assert len(lines) == sum(weights.size for weights in shown.trace.weights.values())
    for kind, layer, head_, query, query_token, key, key_token, weight in lines[::7]:
        site = Site(SiteKind(kind), int(layer) - 1)
        q, k = int(query) - 1, int(key) - 1
        assert np.float32(weight) == shown.trace.weights[site][int(head_) - 1][q, k]
        assert query_token == shown.queries(site.kind)[q].text
        assert key_token == shown.keys(site.kind)[k].text


def test_that_a_matrix_has_keys_across_and_queries_down(tmp_path: Path) -> None:
    shown = odd()
    write_csv(one_head(shown, CROSS, 2), tmp_path / "a.csv", "matrix")
    head, *lines = rows(tmp_path / "a.csv")
    assert head[1:] == [key.text for key in shown.keys(SiteKind.CROSS)]
    assert [line[0] for line in lines] == [query.text for query in shown.queries(SiteKind.CROSS)]
    np.testing.assert_array_equal(
        np.array([line[1:] for line in lines], np.float32), shown.weights(CROSS, 2)
    )


def test_that_the_clipboards_table_is_parted_by_tabs() -> None:
    shown = odd()
    text = matrix_text(one_head(shown, CROSS, 0), CROSS, 0)
    lines = list(csv.reader(io.StringIO(text), "excel-tab"))
    assert len(lines) == 1 + len(shown.queries(SiteKind.CROSS))
    assert np.float32(lines[3][2]) == shown.weights(CROSS, 0)[2, 1]


def test_that_arrays_hold_what_is_shown_and_which_heads(tmp_path: Path) -> None:
    shown = Shown(trace(), WORDS)
    write_npz(part_of(shown, SiteKind.CROSS, None, 3), tmp_path / "a.npz")
    arrays = np.load(tmp_path / "a.npz", allow_pickle=False)
    assert arrays["cross.1"].dtype == np.float32
    assert arrays["cross.1.heads"].tolist() == [3]
    np.testing.assert_array_equal(arrays["cross.1"][0], shown.weights(CROSS, 3))
    assert "rows renormalised" in str(arrays["note"])
    assert len(arrays["source_tokens"]) == arrays["cross.1"].shape[2]
    assert "encoder.0" not in arrays


def test_that_json_says_what_it_is_and_gives_the_very_weights(tmp_path: Path) -> None:
    shown = odd()
    write_json(part_of(shown), tmp_path / "a.json")
    said = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert said["model"] == "translate-en-fr" and said["step"] == 1200
    assert [one["text"] for one in said["source"]] == [one.text for one in shown.trace.source]
    for site, weights in shown.trace.weights.items():
        np.testing.assert_array_equal(np.float32(said["weights"][str(site)]), weights)


def test_that_a_weight_that_is_no_number_is_null(tmp_path: Path) -> None:
    given = {CROSS: np.full_like(trace().weights[CROSS], np.nan)}
    write_json(one_head(Shown(trace(given=given)), CROSS, 0), tmp_path / "a.json")
    said = json.loads((tmp_path / "a.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert said["weights"]["cross.1"][0][0][0] is None


def long_text(length: int, heads: int) -> Shown:
    """A text whose weights are made a head at a time."""
    site = Site(SiteKind.ENCODER, 0)
    flat = np.zeros((heads, length, 2), np.float32)
    made = Heads(
        flat, flat, flat, np.full((heads, length), np.log(length), np.float32),
        np.ones((heads, length), np.float32),
    )  # fmt: skip
    pooled = np.zeros((heads, 4, 4), np.float32)
    weights = MadeWeights(made, Overview(pooled, pooled))
    whole = replace(trace(" ".join("w" * (length - 1))), weights={site: weights})
    return Shown(whole)


def test_that_gigabytes_are_refused_in_words_and_one_head_is_not(tmp_path: Path) -> None:
    shown = long_text(4096, 144)
    for write, name in ((write_csv, "a.csv"), (write_npz, "a.npz"), (write_json, "a.json")):
        with pytest.raises(TooMuchError, match=r"GB\. Choose one head"):
            write(part_of(shown), tmp_path / name)
    assert not list(tmp_path.iterdir())
    write_npz(part_of(shown, head=7), tmp_path / "one.npz")
    made = np.load(tmp_path / "one.npz")["encoder.0"]
    assert made.shape == (1, 4096, 4096)
    assert made[0, 5, 5] == pytest.approx(1 / 4096)
