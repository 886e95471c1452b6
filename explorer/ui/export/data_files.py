"""Which function writes which kind of data file; knows no Qt."""

from collections.abc import Callable
from pathlib import Path

from explorer.tables.arrays import write_npz
from explorer.tables.csv_table import write_csv
from explorer.tables.json_table import write_json
from explorer.tables.part import Part
from explorer.ui.export.page import write_page

WRITERS: dict[str, Callable[[Part, Path], None]] = {
    "html": write_page, "csv": write_csv, "npz": write_npz, "json": write_json,
}  # fmt: skip
"""By the format's name."""


def contents(part: Part) -> str:
    """What a file of these heads holds, in words."""
    heads = len(part.heads)
    held = "one head" if heads == 1 else f"{heads:,} heads"
    return f"{part.size:,} weights of {held}, as they are shown."
