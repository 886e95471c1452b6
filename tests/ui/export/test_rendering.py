"""Views as PNG, SVG and PDF, read again by other programs."""

import base64
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage

from explorer.engine.sentence_command import answers, trace_sentence
from explorer.messages.results import SiteKind
from explorer.messages.shown import Reading, Shown
from explorer.ui import theme
from explorer.ui.attention.grid_figure import GridFigure
from explorer.ui.attention.style import MapStyle
from explorer.ui.export.figures import FIGURES, figure
from explorer.ui.export.paper import Paper, SizeError, parse_font, parse_size
from explorer.ui.export.rendering import picture_bytes, save_picture
from explorer.ui.widgets.head_selection import HeadSelection
from tests.subject import small_subject
from tests.ui.heads import trace

LINK = "{http://www.w3.org/1999/xlink}href"
TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture
def grid(qtbot) -> GridFigure:
    return made(qtbot, Shown(trace()))


def made(qtbot, shown: Shown, style: MapStyle | None = None) -> GridFigure:
    selection = HeadSelection()
    selection.reopen(shown.trace.weights)
    view = figure("all", shown, selection, style or MapStyle())
    qtbot.addWidget(view)
    assert isinstance(view, GridFigure)
    return view


def svg_text(view: GridFigure, paper: Paper) -> str:
    root = ElementTree.fromstring(picture_bytes(view, "svg", paper))
    return " ".join("".join(found.itertext()) for found in root.iter(TEXT))


def pdf_text(view: GridFigure, paper: Paper) -> str:
    page = PdfReader(io.BytesIO(picture_bytes(view, "pdf", paper))).pages[0]
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("read", [svg_text, pdf_text])
def test_that_text_is_text_and_the_caption_says_what_is_shown(grid, read) -> None:
    said = read(grid, Paper(width=180))
    for words in (
        "Encoder self-attention", "layer 2", "translate-en-fr, step 1,200",
        "The cat is sleeping on the old chair", "Le chat dort", "colours: 0 to 1, linear",
    ):  # fmt: skip
        assert words in said


def test_that_what_was_done_to_the_weights_stands_in_the_caption(qtbot) -> None:
    shown = Shown(trace(), Reading(hide_special=True))
    said = svg_text(made(qtbot, shown, MapStyle("log", "row")), Paper(width=180))
    assert "special tokens hidden, rows not renormalised" in said
    assert "each row's largest, log" in said


@pytest.mark.parametrize("key", list(FIGURES))
def test_that_every_view_can_be_drawn_with_text_as_text(qtbot, key: str) -> None:
    subject = small_subject()
    source = "1 2 3 4"
    found = trace_sentence(subject, source, "4 3 2 1")
    selection = HeadSelection()
    selection.reopen(found.weights)
    selection.pick(1, 2)
    view = figure(key, Shown(found), selection, MapStyle(), answers(subject))
    qtbot.addWidget(view)
    drawn = ElementTree.fromstring(picture_bytes(view, "svg", Paper(160)))
    texts = ["".join(each.itertext()) for each in drawn.iter(TEXT)]
    own = [text for text in texts if "small" not in text]
    assert len(own) > 5, "it draws more than its caption"
    image = QImage.fromData(picture_bytes(view, "png", Paper(160)))
    bottom = image.height() - round(image.width() * 0.1)
    rows = range(bottom, image.height(), 2)
    inked = {image.pixel(x, y) for y in rows for x in range(0, image.width(), 3)}
    assert len(inked) > 2, "no empty room at the end"


@pytest.mark.parametrize("key", ["text", "formula"])
def test_that_paper_of_any_width_is_as_long_as_its_text(qtbot, key: str) -> None:
    found = trace_sentence(small_subject(), "1 2 3 4 5 4 3 2 1 0", "0 1 2 3 4 5 4 3 2 1")
    selection = HeadSelection()
    selection.reopen(found.weights)
    selection.pick(1, 2)
    view = figure(key, Shown(found), selection, MapStyle())
    qtbot.addWidget(view)
    for width in (70, 200):
        image = QImage.fromData(picture_bytes(view, "png", Paper(width, caption=False)))
        inked = [
            y for y in range(image.height())
            if any(image.pixel(x, y) != image.pixel(0, 0) for x in range(0, image.width(), 2))
        ]  # fmt: skip
        assert 0.9 * image.height() - 40 < max(inked) < image.height() - 4


def test_that_a_caption_can_be_left_out(grid) -> None:
    assert "step 1,200" not in svg_text(grid, Paper(width=180, caption=False))


def test_that_a_drawing_has_the_size_that_was_asked_for(grid) -> None:
    root = ElementTree.fromstring(picture_bytes(grid, "svg", Paper(160, 90)))
    assert (root.get("width"), root.get("height")) == ("160.000mm", "90.000mm")
    box = PdfReader(io.BytesIO(picture_bytes(grid, "pdf", Paper(160, 90)))).pages[0].mediabox
    assert float(box.width) / 72 * 25.4 == pytest.approx(160, abs=0.3)
    assert float(box.height) / 72 * 25.4 == pytest.approx(90, abs=0.3)


@pytest.mark.parametrize("dpi", [96.0, 300.0])
def test_that_pixels_are_as_fine_as_was_asked_for(grid, dpi) -> None:
    image = QImage.fromData(picture_bytes(grid, "png", Paper(160, 90, dpi=dpi)))
    assert image.width() == pytest.approx(160 / 25.4 * dpi, abs=1)
    assert image.height() == pytest.approx(90 / 25.4 * dpi, abs=1)
    assert image.dotsPerMeterX() == pytest.approx(dpi / 0.0254, abs=1)


def test_that_family_and_size_of_the_type_can_be_chosen(grid) -> None:
    paper = Paper(180, family="DejaVu Serif", points=14)
    drawn = picture_bytes(grid, "svg", paper).decode()
    assert "DejaVu Serif" in drawn
    sizes = {
        float(found.get("font-size", "0")) for found in ElementTree.fromstring(drawn).iter(TEXT)
    }
    assert max(sizes) == pytest.approx(14 * 0.85 * 96 / 72, rel=0.01)


def test_that_a_picture_is_light_on_white_whatever_the_window_is(grid) -> None:
    theme.theme().choose("dark")
    image = QImage.fromData(picture_bytes(grid, "png", Paper(160)))
    assert image.pixelColor(2, 2).name() == "#ffffff"
    dark = QImage.fromData(picture_bytes(grid, "png", Paper(160, dark=True)))
    assert dark.pixelColor(2, 2).lightness() < 60
    assert theme.colors().dark


def test_that_a_cell_has_the_colour_of_its_weight(qtbot) -> None:
    site = next(iter(trace().weights))
    eye = np.broadcast_to(np.eye(10, dtype=np.float32), trace().weights[site].shape)
    view = made(qtbot, Shown(trace(given={site: eye.copy()}, kinds=[SiteKind.ENCODER], layers=1)))
    drawn = picture_bytes(view, "svg", Paper(180)).decode()
    found = [each for each in ElementTree.fromstring(drawn).iter() if each.tag.endswith("image")]
    assert len(found) == 4 + 1  # Four heads, and the key to the colours.
    first, *_, key = (
        QImage.fromData(base64.b64decode(each.attrib[LINK].partition(",")[2])) for each in found
    )
    cell = first.width() / 10
    for query in range(10):
        for column in range(10):
            at = first.pixel(int((column + 0.5) * cell), int((query + 0.5) * cell))
            assert at == key.pixel(255 if query == column else 0, 0)


def test_that_a_name_without_a_known_ending_is_refused_in_words(grid, tmp_path: Path) -> None:
    with pytest.raises(SizeError, match=r"\.png, \.svg or \.pdf"):
        save_picture(grid, tmp_path / "a.jpg", Paper())
    assert not list(tmp_path.iterdir())


def test_that_a_picture_beyond_memory_is_refused_in_words(grid) -> None:
    with pytest.raises(SizeError, match="smaller size or resolution"):
        picture_bytes(grid, "png", Paper(2000, 2000, dpi=1200))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("160mm", (160, None)), ("16x9cm", (160, 90)), ("192 px", (50.8, None)),
        ("4 × 3 in", (101.6, 76.2)), ("120", (120, None)),
    ],
)  # fmt: skip
def test_that_sizes_are_read(text, size) -> None:
    width, height = parse_size(text)
    assert width == pytest.approx(size[0])
    assert height == (None if size[1] is None else pytest.approx(size[1]))


@pytest.mark.parametrize("text", ["", "wide", "10x", "-5mm", "1mm", "9000mm", "1e9px"])
def test_that_what_is_no_size_is_said(text) -> None:
    with pytest.raises(SizeError, match="size"):
        parse_size(text)


def test_that_fonts_are_read() -> None:
    assert parse_font("Times New Roman 9.5") == ("Times New Roman", 9.5)
    assert parse_font("8") == ("", 8)
    assert parse_font("DejaVu Sans") == ("DejaVu Sans", None)
    with pytest.raises(SizeError, match="3 to 72"):
        parse_font("Times 900")
