"""Attention as numpy arrays, written a head at a time: a whole map of all heads is never made."""

import zipfile
from pathlib import Path

import numpy as np

from explorer.messages.results import Floats, Site
from explorer.runs.atomic import whole_file
from explorer.tables.part import Part, piece_texts


def write_npz(part: Part, path: Path) -> None:
    """Float32 arrays `encoder.0`, `decoder.0`, `cross.0` … of heads × queries × keys.

    `source_tokens` and `target_tokens` are the pieces on the axes; `encoder.0.heads` are the
    numbers of the heads, from 0; `note` says what was done to the weights. Raises `OSError`, and
    `TooMuchError` before anything is written.
    """
    part.check(4)
    tokens = {
        "source_tokens": np.array(piece_texts(part.source), dtype=np.str_),
        "target_tokens": np.array(piece_texts(part.target), dtype=np.str_),
        "note": np.array(part.shown.note),
    }
    with whole_file(path) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in tokens.items():
            _write(file, name, array)
        for site, heads in part.sites.items():
            _write_site(file, part, site, heads)
            _write(file, f"{site}.heads", np.array(heads))


def _write(file: zipfile.ZipFile, name: str, array: np.ndarray) -> None:
    with file.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def _write_site(file: zipfile.ZipFile, part: Part, site: Site, heads: list[int]) -> None:
    first: Floats = part.map(site, heads[0])
    header = {
        "descr": np.lib.format.dtype_to_descr(first.dtype),
        "fortran_order": False,
        "shape": (len(heads), *first.shape),
    }
    with file.open(f"{site}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        for head in heads:
            member.write(part.map(site, head).data)
