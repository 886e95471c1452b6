"""Attention as CSV: a line a weight for programs, or a matrix for spreadsheets."""

import csv
import io
from pathlib import Path
from typing import Literal, TextIO

from explorer.messages.results import Site
from explorer.runs.atomic import whole_file
from explorer.tables.part import Part, digits

Form = Literal["long", "matrix"]
LONG = ("attention", "layer", "head", "query", "query_token", "key", "key_token", "weight")
"""The columns of the long form; layers, heads and places are counted from one, as on screen."""
_BYTES = {"long": 45.0, "matrix": 12.0}


def write_csv(part: Part, path: Path, form: Form = "long") -> None:
    """Write a line for each weight, or for each head a matrix: keys across, queries down.

    Several matrices stand below each other, each under a line that names it. Raises `OSError`,
    and `TooMuchError` before anything is written.
    """
    part.check(_BYTES[form])
    with whole_file(path) as beside, beside.open("w", newline="", encoding="utf-8-sig") as file:
        if form == "long":
            _write_long(part, file)
        else:
            _write_matrices(part, file)


def matrix_text(part: Part, site: Site, head: int) -> str:
    """One head's matrix with tabs between, as spreadsheets take it from the clipboard."""
    part.check(_BYTES["matrix"])
    text = io.StringIO()
    _write_matrix(part, site, head, text, "excel-tab")
    return text.getvalue()


def _write_long(part: Part, file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(LONG)
    for site, head in part.heads:
        keys = [token.text for token in part.shown.keys(site.kind)]
        weights_QK = part.map(site, head)
        for row, token in enumerate(part.shown.queries(site.kind)):
            before = (site.kind.value, site.layer + 1, head + 1, row + 1, token.text)
            writer.writerows(
                (*before, column + 1, key, weight)
                for column, (key, weight) in enumerate(
                    zip(keys, digits(weights_QK[row]), strict=True)
                )
            )


def _write_matrices(part: Part, file: TextIO) -> None:
    for number, (site, head) in enumerate(part.heads):
        if len(part.heads) > 1:
            file.write("\r\n" if number else "")
            csv.writer(file).writerow([f"{site.kind.value} layer {site.layer + 1} head {head + 1}"])
        _write_matrix(part, site, head, file, "excel")


def _write_matrix(part: Part, site: Site, head: int, file: TextIO, dialect: str) -> None:
    writer = csv.writer(file, dialect)
    writer.writerow(["query \\ key", *(token.text for token in part.shown.keys(site.kind))])
    weights_QK = part.map(site, head)
    for row, token in enumerate(part.shown.queries(site.kind)):
        writer.writerow([token.text, *digits(weights_QK[row])])
