"""`attention-explorer inspect`: what every head looks at, on the terminal or in files."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from explorer.messages.results import SiteKind
from explorer.messages.settings import SettingsError

_FILES, _HEADS, _LOOK = "Files", "Which heads", "How pictures look"
_File = Path | None


def _file(name: str, help: str) -> Any:
    return typer.Option(f"--{name}", help=help, rich_help_panel=_FILES)


def _heads(help: str, **bounds: Any) -> Any:
    return typer.Option(help=help, rich_help_panel=_HEADS, **bounds)


def _look(help: str, name: str = "") -> Any:
    return typer.Option(*([name] if name else []), help=help, rich_help_panel=_LOOK)


def inspect(
    model: Annotated[str, typer.Argument(help="A sample model, a run folder or a checkpoint.")],
    source: Annotated[str, typer.Argument(help="The sentence that the model reads.")],
    target: Annotated[str, typer.Option(help="What the decoder reads; empty: its own text.")] = "",
    png: Annotated[_File, _file("png", "Write a picture of pixels.")] = None,
    svg: Annotated[_File, _file("svg", "Write a drawing with text as text.")] = None,
    pdf: Annotated[_File, _file("pdf", "Write a page with text as text.")] = None,
    html: Annotated[
        _File, _file("html", "Write a page to look around in, for any browser.")
    ] = None,
    csv: Annotated[_File, _file("csv", "Write a table of weights.")] = None,
    npz: Annotated[_File, _file("npz", "Write weights as numpy arrays.")] = None,
    json_file: Annotated[_File, _file("json", "Write tokens and weights.")] = None,
    measures: Annotated[
        _File, _file("measures", "Write measures of all heads as CSV or JSON, and print some.")
    ] = None,
    sample: Annotated[int, _heads("Measure them on so many held-out examples instead.", min=0)] = 0,
    view: Annotated[str, _look("What is drawn: all, map, lines, text …")] = "all",
    kind: Annotated[SiteKind | None, _heads("Which attention.")] = None,
    layer: Annotated[int | None, _heads("Its layer, from 1.", min=1)] = None,
    head: Annotated[int | None, _heads("Its head, from 1.", min=1)] = None,
    query: Annotated[int | None, _heads("The chosen row, from 1.", min=1)] = None,
    key: Annotated[int | None, _heads("The chosen column, from 1.", min=1)] = None,
    words: Annotated[bool, _look("Join sub-words: sum over keys, mean over queries.")] = False,
    hide_special: Annotated[bool, _look("Leave special tokens out.")] = False,
    renormalise: Annotated[bool, _look("Let rows add up to 1 after that.")] = False,
    scale: Annotated[
        Literal["linear", "sqrt", "log"], _look("How weights become colours.")
    ] = "linear",
    size: Annotated[str, _look("160mm, 16x9cm, 1600x900px; the height may be left out.")] = "",
    font: Annotated[str, _look("Family, points or both, such as “Times 9”.")] = "",
    dpi: Annotated[float, _look("Pixels of a PNG an inch; 200 unless told.")] = 0.0,
    caption: Annotated[bool, _look("Say below the picture what it shows.")] = True,
    dark: Annotated[bool, _look("Draw on a dark ground.")] = False,
    csv_form: Annotated[
        Literal["long", "matrix"], _look("CSV with a line a weight, or a matrix a head.")
    ] = "long",
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Show what every head looks at, on the terminal or in files.

    Files hold every head, or those of --kind, --layer and --head. Of a view of one head, the most
    telling one is drawn unless it is named.
    """
    from explorer.engine.sentence_command import answers, open_on, trace_sentence
    from explorer.inspection.saving import summary
    from explorer.messages.shown import Reading
    from explorer.ui.export.command import Wanted, write_files

    given = {
        "png": png, "svg": svg, "pdf": pdf, "html": html, "csv": csv, "npz": npz,
        "json": json_file,
    }  # fmt: skip
    files = {name: path for name, path in given.items() if path is not None}
    if renormalise and not hide_special:
        raise SettingsError("--renormalise: goes with --hide-special, which takes shares away")
    wanted = Wanted(
        files, view, kind, layer, head, query, key, Reading(words, hide_special, renormalise),
        "square root" if scale == "sqrt" else scale, size, font, dpi, caption, dark, csv_form,
    )  # fmt: skip
    if sample and measures is None:
        raise SettingsError("--sample: goes with --measures FILE")
    subject = open_on(model, device)
    found = trace_sentence(subject, source, target)
    for note in found.notes:
        print(note, file=sys.stderr)
    if files:
        write_files(found, wanted, answers(subject))
    if measures is not None:
        from explorer.engine.measures_command import measure_to

        print("\n".join(measure_to(measures, subject, found, sample)))
    elif not files:
        print("\n".join(summary(found)))
