"""The page for the browser: what it carries, that nothing breaks out of it, and its script."""

import base64
import json
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import quickjs

from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import Reading, Shown
from explorer.resources import resource
from explorer.tables.part import TooMuchError, part_of
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.style import MapStyle
from explorer.ui.export.page import page, write_page
from explorer.ui.palette import LIGHT
from explorer.ui.widgets import attention_words as words
from tests.tables.test_tables import long_text
from tests.ui.heads import trace
from tests.ui.scripts import token

NASTY = "</script><script>alert(1)</script><!--"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


class Reader(HTMLParser):
    """Collects what a browser would take as scripts, links and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict, str]] = []
        self.links: list[str] = []
        self._inside: dict | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("src", "href", "srcset", "action") if name in given]
        self._inside = given if tag == "script" else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.scripts.append((self._inside, data))
            self._inside = None

    @property
    def data(self) -> dict:
        return json.loads(next(text for given, text in self.scripts if given.get("id") == "data"))


def read(shown: Shown) -> Reader:
    return Reader(page(part_of(shown)))


@pytest.fixture
def script():
    context = quickjs.Context()
    context.eval(resource("page", "weights.js").read_text("utf-8").replace("const W", "var W"))
    return context


def test_that_the_page_says_model_step_and_sentences_and_loads_nothing() -> None:
    found = read(Shown(trace(), Reading(hide_special=True)))
    assert found.data["title"] == "translate-en-fr, step 1,200"
    assert "The cat is sleeping" in found.data["sentences"]
    assert "special tokens hidden" in found.data["note"]
    assert not found.links
    text = page(part_of(Shown(trace())))
    assert "default-src 'none'" in text
    assert set(re.findall(r"https?://[^\"\s]+", text)) == {"http://www.w3.org/2000/svg"}


def test_that_no_text_breaks_out_of_its_place() -> None:
    source = [token(NASTY), token("@DATA@"), token("\u2028"), token('"&lt;')]
    found = read(Shown(trace(source, NASTY.replace(" ", ""))))
    assert len(found.scripts) == 2
    (kind,) = [
        kind for kind in found.data["kinds"] if kind["name"] == words.NAMES[SiteKind.ENCODER]
    ]
    assert kind["keys"][0] == words.label(source[0])
    assert kind["keys"][1] == "@DATA@"


def test_that_texts_from_right_to_left_turn_nothing_around_them() -> None:
    data = read(Shown(trace("החתול ישן", "القط نائم"))).data
    decoder = data["kinds"][1]
    assert decoder["queries"][1] == "\u2068القط\u2069 → \u2068نائم\u2069"
    assert data["sentences"] == "“\u2068החתול ישן\u2069” → “\u2068القط نائم\u2069”"


def test_that_the_page_carries_every_weight_to_four_digits(script) -> None:
    shown = Shown(trace())
    for kind in read(shown).data["kinds"]:
        for site in kind["sites"]:
            name = next(kind_ for kind_, title in words.NAMES.items() if title == kind["name"])
            weights = shown.trace.weights[Site(name, site["layer"] - 1)]
            packed = zlib.decompress(base64.b64decode(site["weights"]))
            script.set("given", json.dumps(list(packed)))
            script.eval("var bytes = Uint8Array.from(JSON.parse(given))")
            for head, number in enumerate(site["heads"]):
                call = (
                    f"JSON.stringify(Array.from(Weights.unpack(bytes, {head}, {weights[0].size})))"
                )
                np.testing.assert_allclose(
                    json.loads(script.eval(call)), weights[number - 1].ravel(), rtol=2**-15
                )


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("scale", ["linear", "square root", "log"])
def test_that_the_script_colours_as_the_application_does(script, scale, signed) -> None:
    weights = np.linspace(-1 if signed else 0, 1, 201, dtype=np.float32)
    mine = Coloring(MapStyle(scale), LIGHT, signed).levels(weights, 1.0)
    call = f"Weights.level(%r, {scale!r}, {json.dumps(signed)})"
    theirs = [script.eval(call % float(weight)) for weight in weights]
    assert np.abs(np.array(theirs) - mine).max() <= 1  # Halves may fall to either side.


def test_that_the_script_writes_numbers_as_the_application_does(script) -> None:
    for weight in (0, 0.83, 1, 0.0005, 0.12345):
        assert script.eval(f"Weights.number({weight}, false)") == words.number(weight)
    assert script.eval("Weights.number(NaN, false)") == "not a number"
    assert script.eval("Weights.number(-0.25, true)") == "−0.250"
    assert script.eval("Weights.number(0.25, true)") == "+0.250"


def test_that_the_script_draws_the_strongest_lines_of_what_is_chosen(script) -> None:
    call = "JSON.stringify(Weights.lines([.1,.9,.5,.5], 2, 2, .2, %s, %s, %d))"
    found = json.loads(script.eval(call % ("null", "null", 9)))
    assert {(line["q"], line["k"]) for line in found} == {(0, 1), (1, 0), (1, 1)}
    assert found[-1] == {"q": 0, "k": 1, "weight": 0.9}
    assert {line["q"] for line in json.loads(script.eval(call % (1, "null", 9)))} == {1}
    assert [line["k"] for line in json.loads(script.eval(call % ("null", "null", 1)))] == [1]


def test_that_all_the_script_can_be_read_by_an_engine() -> None:
    text = "\n".join(text for given, text in read(Shown(trace())).scripts if "id" not in given)
    context = quickjs.Context()
    context.set("given", text)
    context.eval("new Function(given)")  # Parses, does not run.


def test_that_gigabytes_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TooMuchError, match="Choose one head"):
        write_page(part_of(long_text(4096, 144)), tmp_path / "a.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_that_a_browser_shows_it_and_answers_keys_and_clicks(tmp_path: Path) -> None:
    drive = """
    window.addEventListener("load", () => Page.started.then(() => {
      const key = (id, name) => document.getElementById(id).dispatchEvent(
        new KeyboardEvent("keydown", { key: name, bubbles: true }));
      Page.heads[0].button.click();
      key("grid", "ArrowDown"); key("grid", "End");
      document.querySelector("[data-view=lines]").click();
      key("lines", "ArrowDown"); key("lines", "ArrowDown");
    }));"""
    shown = Shown(trace())
    text = page(part_of(shown)).replace("Page.started =", drive + "\nPage.started =")
    (tmp_path / "a.html").write_text(text, "utf-8")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=5000", "--dump-dom", (tmp_path / "a.html").as_uri(),
    ]  # fmt: skip
    drawn = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    assert 'data-ready="yes"' in drawn
    assert "Encoder self-attention, layer 2, head 4</h2>" in drawn
    assert drawn.count("<path") == int(
        (shown.weights(Site(SiteKind.ENCODER, 1), 3)[1] >= 0.05).sum()
    )
    assert "“\u2068cat\u2069” looks at …" in drawn
