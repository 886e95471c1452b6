"""What stands below a picture of attention: model, step, sentence, heads and colours; no Qt."""

import unicodedata

from explorer.messages.foreign import NO_STEP, at_step
from explorer.messages.results import Trace
from explorer.messages.shown import Shown
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets.attention_words import readable

UNCOLOURED = ("lines", "formula", "measures")
"""Views in which no colour stands for a weight."""
LONGEST = 240
"""Characters of a sentence; what is longer is cut, and that can be seen."""


def caption(shown: Shown, subject: str, style: MapStyle | None) -> str:
    """A paragraph that says all that a reader of the picture must know; no style: no colours."""
    trace = shown.trace
    said = [at_step(trace.model, trace.step), sentences(trace), subject]
    if style is not None:
        said.append(colours(shown, style))
    if shown.note:
        said.append(shown.note)
    if shown.other is not None and sentences(shown.other) != sentences(trace):
        said.append(f"the other: {sentences(shown.other)}")
    return " · ".join(part for part in said if part)


def sentences(trace: Trace) -> str:
    """The sentence, and what the decoder read for it."""
    texts = [_cut(text) for text in (trace.source_text, trace.target_text) if text.strip()]
    if not trace.source:
        texts = texts[-1:]
    return " → ".join(f"“{isolated(text)}”" for text in texts)


def isolated(text: str) -> str:
    """Text whose direction does not turn what stands around it; plain text stays plain."""
    turns = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    return f"\u2068{text}\u2069" if turns else text


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def colours(shown: Shown, style: MapStyle) -> str:
    """Which weights the colours span, and on which scale."""
    least = "−" if shown.signed else "0"
    spans = {
        "fixed": "−1 to 1" if shown.signed else "0 to 1",
        "map": f"{least} to each map's largest" if not shown.signed else "± each map's largest",
        "row": f"{least} to each row's largest" if not shown.signed else "± each row's largest",
    }
    return f"colours: {spans[style.range]}, {style.scale}"


def file_name(shown: Shown, view: str, suffix: str) -> str:
    """A name for the file that says what is in it."""
    words = "".join(c if c.isalnum() else "-" for c in readable(shown.trace.model).lower())
    step = "" if shown.trace.step == NO_STEP else f"step-{shown.trace.step}-"
    return f"{words.strip('-') or 'attention'}-{step}{view}{suffix}"
