"""Text on a coloured ground can be read, whatever the weight."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from explorer.ui import colormaps, theme
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.weight_colors import contrast, fills, ink_on


@pytest.mark.parametrize("choice", ["light", "dark"])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", sorted(colormaps.MAPS))
def test_that_every_colour_carries_ink_of_at_least_four_and_a_half_to_one(
    qapp: object, choice: theme.Choice, signed: bool, name: str
):
    theme.theme().choose(choice)
    weights = np.linspace(-1 if signed else 0, 1, 201, dtype=np.float32)
    for fill in fills(weights, 1.0, MapStyle(colors=name), signed=signed):
        assert contrast(ink_on(fill), fill) >= 4.5
        assert contrast(ink_on(fill, quiet=True), fill) >= 4.5


def test_that_contrast_is_as_the_guidelines_have_it():
    white, black, grey = QColor("white"), QColor("black"), QColor("#767676")
    assert contrast(white, black) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert contrast(white, grey) == pytest.approx(4.54, abs=0.01)


def test_that_the_peak_takes_the_strongest_colour_and_nothing_the_ground(qapp: object):
    theme.theme().choose("light")
    table = colormaps.sequential(False)
    none, half, whole = fills(np.array([0, 0.2, 0.4], np.float32), 0.4, MapStyle(), signed=False)
    assert [none.red(), none.green(), none.blue()] == table[0].tolist()
    assert [half.red(), half.green(), half.blue()] == table[128].tolist()
    assert [whole.red(), whole.green(), whole.blue()] == table[255].tolist()


def test_that_what_is_no_number_gets_the_colour_of_a_fault(qapp: object):
    theme.theme().choose("light")
    wrong, _ = fills(np.array([np.nan, 0.1], np.float32), 1.0, MapStyle(), signed=False)
    assert wrong == QColor(theme.colors().bad)
