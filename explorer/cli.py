"""The command line: the same engine without a window."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from explorer.cli_align import align
from explorer.cli_decode import decode
from explorer.cli_fork import fork
from explorer.cli_inspect import inspect
from explorer.cli_runs import compare, export_run, import_run, runs
from explorer.cli_timeline import timeline
from explorer.messages.settings import SettingsError

app = typer.Typer(
    name="attention-explorer", add_completion=False, no_args_is_help=False,
    help="See how a Transformer learns to attend. Without a command the window opens: "
    "attention-explorer [MODEL] [--text TEXT] [--follow].",
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

Model = Annotated[str, typer.Argument(help="A sample model's name, a run folder or a checkpoint.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Device = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]


def main(arguments: Sequence[str]) -> int:
    """Run a command; 0 for success, 1 when it failed (one clear line), 2 for wrong use."""
    from explorer.data.pairs import CorpusError
    from explorer.engine.device import DeviceError
    from explorer.runs.weights import ModelFileError
    from explorer.subjects.subject import SentenceError
    from explorer.tables.part import TooMuchError
    from explorer.training.precision import PrecisionError
    from explorer.training.stability import TrainingStoppedError

    try:
        app(list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except (SettingsError, PrecisionError) as error:
        return _fail(error, 2)
    except (
        CorpusError, DeviceError, ModelFileError, SentenceError, TooMuchError, TrainingStoppedError,
    ) as error:  # fmt: skip
        return _fail(error, 1)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _fail(f"{error.strerror or error}{where}", 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 1)
    return 0


def _fail(message: object, status: int) -> int:
    print(f"attention-explorer: {message}", file=sys.stderr)
    return status


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the sample models and the user's runs."""
    from explorer.runs.catalogue import catalogue

    found = catalogue()
    if as_json:
        _print_json([entry.as_dict() for entry in found])
        return
    for entry in found:
        size = (
            f"{entry.bytes / 1e6:.1f} MB" if entry.bytes >= 1e6 else f"{entry.bytes / 1e3:.1f} kB"
        )
        print(f"{entry.name:<28} {entry.kind:<7} step {entry.step:>9,}  {size:>9}  {entry.title}")


@app.command()
def train(
    preset: Annotated[str, typer.Argument(help="A preset's name, or a TOML file of settings.")],
    out: Annotated[Path, typer.Option(help="The run's folder.")],
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="SECTION.FIELD=VALUE, any number of times.")
    ] = None,
    data: Annotated[
        str, typer.Option(help="Your own text, table or folder; two files with a | between.")
    ] = "",
    device: Device = "auto",
    resume: Annotated[bool, typer.Option(help="Go on with the run in the folder.")] = False,
    watch: Annotated[
        list[str] | None,
        typer.Option(help="Keep this sentence's attention (SOURCE or SOURCE=>TARGET), any number."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a model from a preset's or a file's settings.

    With --resume, --set changes settings that a run can change on its way, such as
    training.learning_rate. Started by torchrun, several processes train it together.
    """
    from explorer.engine.training_command import train_run

    config = _settings(preset, changes or [], data)
    live = _named_values(changes or []) if resume else {}
    from explorer.runs.watch import as_watched

    watched = tuple(map(as_watched, watch or []))
    result = train_run(
        config, out, device, resume=resume, quiet=as_json, changes=live, watch=watched
    )
    if as_json and result is not None:
        _print_json(result)


@app.command()
def metrics(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    csv: Annotated[Path, typer.Option(help="The table to write.")],
) -> None:
    """Write a run's figures as a table for spreadsheets."""
    from explorer.runs.figures import write_csv
    from explorer.runs.folder import RunFolder

    write_csv(RunFolder(run).existing_metrics(), csv)
    print(csv)


def _settings(preset: str, changes: Sequence[str], data: str = "") -> Any:
    from explorer.messages.presets import load_preset, read_settings
    from explorer.messages.settings import with_values

    path = Path(preset)
    config = read_settings(path) if path.suffix == ".toml" else load_preset(preset)
    if data:
        from explorer.data.guessing import with_data

        config = with_data(config, data)
    config = with_values(config, _named_values(changes))
    files = ("file", "target_file", "validation_file", "test_file")
    named = {name: getattr(config.task, name) for name in files if getattr(config.task, name)}
    return with_values(config, {f"task.{name}": _absolute(file) for name, file in named.items()})


def _absolute(files: str) -> str:
    """A path, or two with a | between, that mean the same from every folder."""
    parts = (part.strip() for part in files.split("|"))
    return "|".join(str(Path(part).expanduser().absolute()) for part in parts)


def _named_values(changes: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise SettingsError(f"--set {change}: write SECTION.FIELD=VALUE")
        values[name.strip()] = value
    return values


app.command()(inspect)
app.command()(align)
app.command()(decode)
app.command()(runs)
app.command()(timeline)
app.command()(fork)
app.command()(compare)
app.command("export-run")(export_run)
app.command("import-run")(import_run)


def _open(model: str, device: str) -> Any:
    from explorer.engine.sentence_command import open_on

    return open_on(model, device)


@app.command()
def evaluate(
    model: Model,
    file: Annotated[Path, typer.Argument(help="Pairs with references, or text.")],
    tokenize: Annotated[
        str, typer.Option(help="How BLEU cuts texts: 13a, intl, zh, char, none …")
    ] = "13a",
    as_json: AsJson = False,
    device: Device = "auto",
) -> None:
    """Measure a model on a file of its task's form: pairs, labels, classes, or running text."""
    from explorer.training.scoring import figures_as_text, score_file

    figures = score_file(_open(model, device), file, tokenize)
    if as_json:
        _print_json(figures)
    else:
        print("\n".join(figures_as_text(figures)))


@app.command()
def tokens(
    words: Annotated[
        str, typer.Argument(help="A model, or a file or folder to learn a vocabulary from.")
    ],
    sentence: Annotated[str, typer.Argument(help="The sentence to cut.")],
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="task.FIELD=VALUE, for a file's vocabulary.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a sentence is cut into tokens."""
    from explorer.engine.tokens_command import cut_sentence

    cut = cut_sentence(words, sentence, _named_values(changes or []))
    for note in cut.notes:
        print(note, file=sys.stderr)
    if as_json:
        _print_json(cut.as_dict())
    else:
        print(cut.as_line())


@app.command()
def export(
    run: Annotated[str, typer.Argument(help="A run folder or checkpoint.")],
    out: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    half: Annotated[bool, typer.Option(help="Weights in float16: half the size.")] = False,
    packed: Annotated[
        bool, typer.Option(help="Ternary weights at 2 bits, binary ones at 1 bit.")
    ] = False,
    transformers: Annotated[
        bool, typer.Option("--transformers", help="A folder that the library transformers reads.")
    ] = False,
) -> None:
    """Write a run's model without the optimizer's state and snapshots, to share it."""
    if transformers:
        from explorer.subjects.outward.writing import export_outward

        name = export_outward(run, out, half=half)
        print(f"{out} (transformers.{name})")
        return
    from explorer.runs.export import export_model

    export_model(run, out, half=half, packed=packed)
    print(out)
