"""Where graph, tokens and map of flow stand."""

import pytest

from explorer.ui.attention.flow_layout import Counts, arrange


@pytest.mark.parametrize("width", [320.0, 500.0, 700.0, 1400.0])
@pytest.mark.parametrize("levels", [2, 4, 26])
def test_that_the_parts_lie_beside_each_other_and_within_the_page(
    width: float, levels: int
) -> None:
    layout = arrange(Counts(12, 9, 12, levels, 60, 80, 40), width)
    assert layout.left < layout.right
    assert layout.columns[-1] <= width and layout.rows[-1] <= layout.height
    if layout.beside:
        assert layout.right + 80 <= layout.map_left
    else:
        assert layout.y(11) < layout.map_top
