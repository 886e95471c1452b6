"""The command `align`: word alignment read off cross-attention."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

Model = Annotated[str, typer.Argument(help="An encoder–decoder: sample model, run or checkpoint.")]
Pairs = Annotated[Path, typer.Argument(help="Lines of a source, a tab and its target.")]


def align(
    model: Model,
    pairs: Pairs,
    layer: Annotated[int, typer.Option(help="Layer, from 1; 0: the sharpest layer.")] = 0,
    head: Annotated[int, typer.Option(help="Head, from 1; 0: all heads of the layer.")] = 0,
    average: Annotated[bool, typer.Option("--average", help="All heads of all layers.")] = False,
    rows: Annotated[
        Literal["decides", "reads"],
        typer.Option(help="Whose look counts: the query that decides a word, or that reads it."),
    ] = "decides",
    moved: Annotated[bool, typer.Option(help="Weigh by what is moved, ‖α·v·W_O‖.")] = False,
    gold: Annotated[
        Path | None, typer.Option(help="True links, i-j sure, ipj possible: prints error rates.")
    ] = None,
    swapped: Annotated[bool, typer.Option(help="True links have the target first.")] = False,
    longest: Annotated[int, typer.Option(help="Leave out sources of more words; 0: none.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write links here, not to the terminal.")] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Say which source word belongs to which target word, a line of links (Pharaoh format) a pair.

    Words are what stands between spaces, counted from 0; a link is source-target.
    """
    from explorer.engine import align_command as work
    from explorer.engine.device import choose_device
    from explorer.runs.atomic import write_text
    from explorer.subjects.opening import open_subject

    subject = open_subject(model, choose_device(device))
    try:
        examples = work.read_pairs(pairs)
        truth = None if gold is None else work.read_truth(gold, len(examples), swapped=swapped)
        kept = [n for n, (text, _) in enumerate(examples) if not 0 < longest < len(text.split())]
        found = work.align(subject, [examples[n] for n in kept], rows, moved=moved)
        way = found.chosen(layer, head, average=average)
    except ValueError as error:
        print(f"attention-explorer: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    lines = list(found.lines(way))
    if out is not None:
        write_text(out, "\n".join(lines) + "\n")
    if truth is not None:
        print(f"{len(kept):,} of {len(examples):,} pairs, links of {found.ways[way].name} written"
              if out is not None else f"{len(kept):,} of {len(examples):,} pairs")  # fmt: skip
        print("\n".join(work.table(found, work.rated(found, [truth[n] for n in kept]))))
        print(work.diagonal_line([examples[n] for n in kept], [truth[n] for n in kept]))
    elif out is None:
        print("\n".join(lines))
