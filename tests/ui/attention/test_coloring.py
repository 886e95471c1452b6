"""Colours exact at known weights, on every scale, and the key that tells them."""

import numpy as np
import pytest

from explorer.ui import colormaps
from explorer.ui.attention import map_bar
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle
from explorer.ui.palette import DARK, LIGHT

LINEAR, ROOT, LOG = (Coloring(MapStyle(scale), LIGHT) for scale in ("linear", "square root", "log"))


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def oklab(colors: colormaps.Colors) -> np.ndarray:
    srgb = colors / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.linalg.inv(colormaps._TO_RGB.T))
    return lms @ np.linalg.inv(colormaps._TO_LMS.T)


@pytest.mark.parametrize(
    ("coloring", "weights", "levels"),
    [
        (LINEAR, (0, 0.5, 1, 2), [0, 128, 255, 255]),
        (ROOT, (0, 0.25, 1), [0, 128, 255]),
        (LOG, (0, 1e-5, 1e-4, 0.0101, 1), [0, 0, 0, 128, 255]),
    ],
)
def test_that_known_weights_have_known_colours(coloring, weights, levels) -> None:
    assert coloring.levels(floats(*weights), 1.0).tolist() == levels
    tenth = floats(*weights) / np.float32(10)
    assert coloring.levels(tenth, 0.1).tolist() == levels


def test_that_differences_run_from_the_middle_to_both_ends() -> None:
    signed = Coloring(MapStyle(), LIGHT, signed=True)
    assert signed.levels(floats(-1, -0.5, 0, 0.5, 1), 1.0).tolist() == [1, 65, 128, 192, 255]
    red, green, blue = colormaps.diverging(False)[128].tolist()
    assert red == green == blue


def test_that_what_is_no_number_has_a_colour_of_its_own_on_every_scale() -> None:
    for coloring in (LINEAR, ROOT, LOG):
        assert coloring.levels(floats(np.nan, np.inf, 1), 1.0).tolist() == [256, 256, 255]


def test_that_every_row_can_have_its_own_peak() -> None:
    found = LINEAR.levels(np.array([[0.1, 0.2], [0.5, 1.0]], np.float32), floats(0.2, 1)[:, None])
    assert found.tolist() == [[128, 255], [128, 255]]


@pytest.mark.parametrize("scale", ["linear", "square root", "log"])
@pytest.mark.parametrize("signed", [False, True])
def test_that_the_key_tells_the_weight_of_each_place(scale, signed) -> None:
    coloring = Coloring(MapStyle(scale), LIGHT, signed=signed)
    for place in (0.6, 0.75, 0.9, 1.0):
        assert coloring.place(coloring.value(place)) == pytest.approx(place, abs=1e-6)
    for place, text in map_bar.ticks(coloring, 1.0):
        written = float(text.removeprefix("≤ ").replace("−", "-"))
        level = coloring.levels(floats(written), 1.0)[0]
        least = 1 if signed else 0
        assert level == pytest.approx(least + place * (255 - least), abs=2), (place, text)


def test_that_the_key_of_rows_tells_shares() -> None:
    rows = Coloring(MapStyle(range="row"), LIGHT)
    assert [text for _, text in map_bar.ticks(rows, 1.0)] == [
        "100 %", "75 %", "50 %", "25 %", "0 %",
    ]  # fmt: skip
    assert "each row's largest" in map_bar.said_range(rows, 1.0)
    own = Coloring(MapStyle("log", "map"), LIGHT)
    assert map_bar.said_range(own, 0.25) == "0 to 0.250, its largest, log"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", list(colormaps.MAPS))
def test_that_steps_of_every_map_look_equal_and_lightness_runs_one_way(name, dark) -> None:
    lab = oklab(colormaps.of(name, dark))
    steps = np.linalg.norm(lab[8::8] - lab[:-8:8], axis=1)
    assert steps.max() / steps.min() < 1.5
    light = np.diff(lab[::8, 0])
    assert (light > 0).all() or (light < 0).all()


def test_that_the_map_for_all_eyes_keeps_even_steps_without_red_or_green() -> None:
    """What Viénot, Brettel and Mollon (1999) say that deuteranopes and protanopes see."""
    seen = {
        "deuteranope": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
        "protanope": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    }  # fmt: skip
    linear = (colormaps.of("blue", False) / 255.0) ** 2.2
    for matrix in seen.values():
        srgb = (linear @ np.array(matrix).T).clip(0, 1) ** (1 / 2.2) * 255
        lab = oklab(srgb.round().astype(np.uint8))
        steps = np.linalg.norm(lab[8::8] - lab[:-8:8], axis=1)
        assert steps.max() / steps.min() < 2
        plain = oklab(colormaps.of("blue", False))
        assert np.linalg.norm(lab - plain, axis=1).max() < 0.06


def test_that_ink_stands_out_from_every_colour() -> None:
    for colors in (LIGHT, DARK):
        for name in colormaps.MAPS:
            coloring = Coloring(MapStyle(colors=name), colors)
            linear = (colormaps.of(name, colors.dark) / 255.0) ** 2.2
            luminance = linear @ np.array([0.2126, 0.7152, 0.0722]) + 0.05
            contrast = np.where(coloring.dark_ink, luminance / 0.06, 1.05 / luminance)
            assert contrast.min() > 3.9
