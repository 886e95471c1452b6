"""The parts of the attention panel, each on its own."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.results import Floats, Site, SiteKind
from explorer.ui import colormaps, theme
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets import head_grid_layout, raster
from explorer.ui.widgets.head_atlas import HeadAtlas
from explorer.ui.widgets.head_grid import HeadGrid
from explorer.ui.widgets.head_selection import HeadSelection, telling_head
from explorer.ui.widgets.note_line import NoteLine
from explorer.ui.widgets.segments import Segment, Segments
from explorer.ui.widgets.text_line import TextLine
from tests.ui.architectures import labelled
from tests.ui.heads import trace, weights
from tests.ui.scripts import token

ENCODER, DECODER, CROSS = (Site(kind, 0) for kind in SiteKind)


def floats(*values: float) -> Floats:
    return np.array(values, np.float32)


class TestRaster:
    def test_that_zero_takes_the_first_colour_and_the_peak_the_last(self):
        assert raster.levels(floats(0.0, 0.5, 1.0)).tolist() == [0, 128, 255]
        assert raster.levels(floats(0.0, 0.1, 0.2), 0.2).tolist() == [0, 128, 255]

    def test_that_a_map_of_zeros_can_have_its_own_range(self):
        assert raster.levels(np.zeros((1, 2, 2), np.float32), floats(0.0)).max() == 0

    def test_that_what_is_no_number_gets_a_colour_of_its_own(self):
        found = raster.levels(floats(0.5, np.nan, np.inf))
        assert found.tolist() == [128, raster.NOT_A_NUMBER, raster.NOT_A_NUMBER]

    def test_that_cells_fill_the_pixels_in_order_and_evenly(self):
        places = raster.spread(7, 100)
        assert len(places) == 100 and (np.diff(places) >= 0).all()
        assert set(np.bincount(places).tolist()) == {14, 15}

    def test_that_a_pixel_of_many_weights_shows_the_largest(self):
        drawn = np.random.default_rng(0).random((2, 50, 70), np.float32)
        pooled = raster.pool(drawn, 10, 7)
        assert pooled.shape == (2, 10, 7)
        assert np.array_equal(pooled, drawn.reshape(2, 10, 5, 7, 10).max(axis=(2, 4)))

    def test_that_pooling_loses_no_weight_when_blocks_are_uneven(self):
        drawn = np.random.default_rng(0).random((1, 53, 71), np.float32)
        pooled = raster.pool(drawn, 10, 9)
        assert pooled.max() == drawn.max() and set(pooled.flat) <= set(drawn.flat)

    def test_that_pixels_have_the_size_asked_for(self):
        table = raster.palette(True, 0xFF0000, 0, 0)
        assert raster.pixels(weights(3, 5, 90, 0), 1.0, table, 31, 40).shape == (3, 31, 40)


@pytest.mark.parametrize("dark", [False, True])
def test_that_steps_of_the_colour_map_look_equal_and_run_one_way(dark: bool):
    srgb = colormaps.sequential(dark) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.linalg.inv(colormaps._TO_RGB.T))
    lab = lms @ np.linalg.inv(colormaps._TO_LMS.T)
    steps = np.linalg.norm(lab[8::8] - lab[:-8:8], axis=1)
    assert steps.max() / steps.min() < 1.5
    assert (np.diff(lab[::8, 0]) * (1 if dark else -1) > 0).all()


class TestSelection:
    def test_that_followers_hear_of_each_change_once(self):
        selection, heard = HeadSelection(), []
        selection.follow(lambda: heard.append((selection.site, selection.head)))
        selection.choose(CROSS, 1)
        selection.choose(CROSS, 1)
        selection.choose(CROSS, 2)
        assert heard == [(CROSS, 1), (CROSS, 2)]

    def test_that_the_first_head_shown_is_sharp_and_varied(self):
        diffuse, stuck = np.full((6, 6), 1 / 6), np.eye(6)[np.zeros(6, int)]
        cross = np.stack([diffuse, stuck, np.eye(6)]).astype(np.float32)
        assert telling_head({ENCODER: cross[::-1], CROSS: cross}) == (CROSS, 2)

    def test_that_a_head_which_another_model_lacks_is_given_up(self):
        selection = HeadSelection()
        selection.choose(Site(SiteKind.CROSS, 5), 7)
        selection.fit({CROSS: weights(4, 3, 3, 0)})
        assert selection.site == CROSS and selection.head < 4

    def test_that_another_model_keeps_a_head_chosen_by_hand_and_only_that(self):
        heads = {CROSS: np.stack([np.full((4, 4), 0.25), np.eye(4)]).astype(np.float32)}
        selection = HeadSelection()
        selection.reopen(heads)
        assert selection.head == 1
        selection.reopen({CROSS: heads[CROSS][::-1]})
        assert selection.head == 0
        selection.choose(CROSS, 1)
        selection.reopen({CROSS: heads[CROSS][::-1]})
        assert selection.head == 1

    def test_that_no_attention_is_no_choice(self):
        selection = HeadSelection()
        selection.fit({})
        assert selection.site is None


class TestWords:
    def test_that_unseen_characters_are_made_visible(self):
        assert words.readable("a\nb\x00") == "a\\x0ab\\x00"
        assert words.readable("  ") == "␣␣"
        assert words.readable("\u202eab") == "ab"
        assert len(words.readable("x" * 1000)) == words.LONGEST_LABEL

    def test_that_a_label_is_never_empty(self):
        assert words.label(token("")) == "▁"

    def test_that_a_masked_weight_is_told_from_a_small_one(self):
        made = trace()
        assert words.reading(made, SiteKind.DECODER, 0, 2, 0.0).endswith("may not look ahead")
        assert words.reading(made, SiteKind.ENCODER, 0, 2, 0.0).endswith(": 0")
        assert words.number(0.00044) == "0.00044"

    def test_that_the_last_query_decides_what_follows(self):
        made = trace()
        last = len(made.target) - 1
        assert "deciding what follows" in words.reading(made, SiteKind.CROSS, last, 0, 0.5)

    def test_that_an_unknown_token_says_what_the_model_sees(self):
        assert "<unk>" in words.token_help(token("wug", unknown=True))

    def test_that_what_a_mask_closes_is_said(self):
        made = labelled("a b c d e", window=1)
        assert words.reading(made, SiteKind.ENCODER, 0, 4, 0.0).endswith("may not look there")
        assert words.reading(made, SiteKind.ENCODER, 0, 1, 0.0).endswith(": 0")


class TestGrid:
    @pytest.fixture
    def grid(self, qtbot: QtBot) -> HeadGrid:
        made = HeadGrid(HeadSelection())
        qtbot.addWidget(made)
        made.resize(320, 320)
        made.show_heads(trace(layers=2, heads=3).weights)
        made.show()
        QApplication.processEvents()
        return made

    def test_that_arrow_keys_walk_over_heads_layers_and_groups(self, grid):
        grid.selection.choose(Site(SiteKind.ENCODER, 1), 0)
        for key, place in (
            (Qt.Key.Key_Right, (Site(SiteKind.ENCODER, 1), 1)),
            (Qt.Key.Key_Down, (Site(SiteKind.DECODER, 0), 1)),
            (Qt.Key.Key_End, (Site(SiteKind.DECODER, 0), 2)),
            (Qt.Key.Key_Right, (Site(SiteKind.DECODER, 0), 2)),
            (Qt.Key.Key_PageDown, (Site(SiteKind.CROSS, 1), 2)),
            (Qt.Key.Key_Up, (Site(SiteKind.CROSS, 0), 2)),
            (Qt.Key.Key_Home, (Site(SiteKind.CROSS, 0), 0)),
        ):
            QTest.keyClick(grid, key)
            assert (grid.selection.site, grid.selection.head) == place

    def test_that_the_chosen_map_is_framed(self, grid):
        before = grid.grab().toImage()
        grid.selection.choose(CROSS, 1)
        assert grid.grab().toImage() != before
        assert "Cross-attention, layer 1, head 2" in grid.accessibleDescription()

    def test_that_every_map_is_found_where_it_is_drawn(self, grid):
        layout = grid.shown
        for row in layout.rows:
            for head in range(row.heads):
                place = layout.place(row.site, head)
                assert place is not None
                assert layout.at(place[0] + 1, place[1] + 1) == (row.site, head)
        assert layout.at(2, 2) is None and layout.at(5000, layout.rows[0].y) is None

    def test_that_pressing_beside_the_maps_chooses_nothing(self, grid):
        QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        assert grid.selection.site is None

    def test_that_maps_never_shrink_below_what_can_be_read(self):
        shape = [(Site(SiteKind.ENCODER, layer), 12) for layer in range(12)]
        made = head_grid_layout.arrange(shape, 50, 50)
        assert made.side == head_grid_layout.SMALLEST
        assert (made.width, made.height) == head_grid_layout.smallest(shape)

    @pytest.mark.parametrize(("layers", "heads"), [(1, 8), (2, 12), (12, 12), (1, 1), (3, 5)])
    def test_that_maps_use_the_room_and_stay_apart(self, layers, heads):
        shape = [(Site(SiteKind.ENCODER, layer), heads) for layer in range(layers)]
        plain = head_grid_layout.arrange(shape, 320, 420)
        made = head_grid_layout.arrange(shape, 320, 420, breaks=True)
        assert made.side >= plain.side and made.height <= max(420, plain.height)
        assert (made.side > plain.side) == made.broken
        places = {
            made.place(site, head): (site, head) for site, count in shape for head in range(count)
        }
        assert len(places) == layers * heads
        for place, found in places.items():
            assert place is not None
            left, top = place
            assert made.at(left, top) == made.at(left + made.side, top + made.side - 1) == found
            assert left + made.side <= made.width and top + made.side <= made.height

    def test_that_few_layers_of_many_heads_break_into_lines_that_arrow_keys_walk(self):
        site = Site(SiteKind.ENCODER, 0)
        made = head_grid_layout.arrange([(site, 8)], 320, 420, breaks=True)
        assert made.broken and 1 < made.columns < 8
        assert made.step(site, 0, 0, 1) == (site, made.columns)
        assert made.step(site, made.columns - 1, 1, 0) == (site, made.columns)
        assert made.step(site, 7, 1, 0) == made.step(site, 7, 0, 9) == (site, 7)

    def test_that_rows_which_wait_are_drawn_in_turn(self, qapp):
        atlas, made = HeadAtlas(), trace(layers=3)
        shape = head_grid_layout.shape_of(made.weights, words.KINDS)
        layout = head_grid_layout.arrange(shape, 300, 300)
        atlas.lay_out(layout, QSize(300, 300), 1.0)
        for _ in layout.rows:  # Newer weights come in before all of the older are drawn.
            atlas.show(made.weights, {}, MapStyle(), signed=False)
            atlas.work(0.0)
        frames = {atlas.picture.pixelColor(layout.left(0), row.y).name() for row in layout.rows}
        assert frames == {theme.colors().line} and not atlas.is_whole
        atlas.work(10.0)
        assert atlas.is_whole


class TestMasks:
    TABLE = raster.palette(False, 0xFF0000, 0x010203, 0x040506)

    def drawn(self, weights_QK, allowed_QK, side, **how):
        return raster.pixels(weights_QK[None], 1.0, self.TABLE, side, side, allowed_QK, **how)[0]

    def test_that_closed_cells_are_told_from_weights_of_nothing(self):
        allowed = np.array([[True, False], [True, True]])
        found = self.drawn(np.array([[1, 0], [0, 0]], np.float32), allowed, 2)
        assert found[0, 1] == 0xFF010203
        assert found[1, 0] == found[1, 1] == self.TABLE[0] and found[0, 0] == self.TABLE[255]

    def test_that_a_weight_where_none_may_be_is_not_hidden(self):
        found = self.drawn(np.array([[0.5]], np.float32), np.array([[False]]), 1)
        assert found[0, 0] == self.TABLE[128]

    def test_that_a_pixel_is_closed_only_if_all_its_cells_are(self):
        allowed = np.zeros((8, 8), bool)
        allowed[0, 3] = True
        found = self.drawn(np.zeros((8, 8), np.float32), allowed, 2)
        assert found[0, 0] == self.TABLE[0]
        assert found[0, 1] == found[1, 0] == found[1, 1] == 0xFF010203

    def test_that_strokes_lie_on_closed_cells_alone(self):
        allowed = np.tri(4, dtype=bool)
        found = self.drawn(np.zeros((4, 4), np.float32), allowed, 40, hatched=True)
        closed = np.isin(found, [0xFF010203, 0xFF040506])
        assert (closed == ~allowed.repeat(10, 0).repeat(10, 1)).all()
        assert (found == 0xFF040506).any()


class TestLines:
    def test_that_a_segment_is_chosen_by_click_and_by_arrow_key(self, qtbot: QtBot):
        made = Segments("Which", [Segment(i, f"s{i}", "help") for i in range(3)])
        qtbot.addWidget(made)
        made.show()
        chosen = []
        made.chosen.connect(chosen.append)
        QTest.mouseClick(made.button(1), Qt.MouseButton.LeftButton)
        made.activateWindow()
        made.button(1).setFocus()
        qtbot.waitUntil(made.button(1).hasFocus)
        QTest.keyClick(made.button(1), Qt.Key.Key_Right)
        assert chosen == [1, 2] and made.value == 2

    def test_that_a_text_line_elides_and_keeps_the_whole_in_its_tooltip(self, qtbot: QtBot):
        line = TextLine("Name")
        qtbot.addWidget(line)
        line.resize(60, 20)
        line.set_text("a text that is much too long")
        assert line.toolTip() == line.text() == "a text that is much too long"
        line.set_text("a")
        assert line.toolTip() == ""

    def test_that_a_note_keeps_its_place_while_it_fits_one_line(self, qtbot: QtBot):
        note = NoteLine("About")
        qtbot.addWidget(note)
        blank = note.heightForWidth(400)
        note.say("short")
        assert max(note.heightForWidth(400), note.minimumHeight()) == max(
            blank, note.minimumHeight()
        )
