"""`attention-explorer decode`: a text written, searched for, drawn, or held to a reference."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from explorer.messages.decoding import Decoding, Wish
from explorer.messages.decoding_config import DecodingConfig
from explorer.messages.settings import SettingsError

_METHOD, _BEGINNING = "How it writes", "What is there already"
_OF_METHOD = {
    "beam": ("beams", "length_penalty", "n_best", "beam_stop"),
    "sample": ("temperature", "top_k", "top_p", "min_p", "typical", "seed"),
}
"""Settings that name a method by themselves."""


def _setting(name: str) -> Any:
    """An option of a setting, explained as the setting is."""
    info = DecodingConfig.model_fields[name]
    return typer.Option(
        f"--{name.replace('_', '-')}", help=info.description, rich_help_panel=_METHOD,
        show_default=False,
    )  # fmt: skip


def _given(name: str, help: str) -> Any:
    return typer.Option(f"--{name}", help=help, rich_help_panel=_BEGINNING)


def decode(
    model: Annotated[str, typer.Argument(help="A sample model, a run folder or a checkpoint.")],
    source: Annotated[str, typer.Argument(help="The sentence that the model reads.")],
    method: Annotated[str | None, _setting("method")] = None,
    max_length: Annotated[int | None, _setting("max_length")] = None,
    candidates: Annotated[int | None, _setting("candidates")] = None,
    repetition_penalty: Annotated[float | None, _setting("repetition_penalty")] = None,
    temperature: Annotated[float | None, _setting("temperature")] = None,
    top_k: Annotated[int | None, _setting("top_k")] = None,
    top_p: Annotated[float | None, _setting("top_p")] = None,
    min_p: Annotated[float | None, _setting("min_p")] = None,
    typical: Annotated[float | None, _setting("typical")] = None,
    seed: Annotated[int | None, _setting("seed")] = None,
    beams: Annotated[int | None, _setting("beams")] = None,
    length_penalty: Annotated[float | None, _setting("length_penalty")] = None,
    n_best: Annotated[int | None, _setting("n_best")] = None,
    beam_stop: Annotated[str | None, _setting("beam_stop")] = None,
    force: Annotated[str, _given("force", "The text begins with this, and is gone on with.")] = "",
    ban: Annotated[
        list[str] | None, _given("ban", "A token that is never written; any number of times.")
    ] = None,
    target: Annotated[
        str | None, _given("target", "Write nothing: say what the model thinks of this text.")
    ] = None,
    stream: Annotated[bool, typer.Option(help="Print each token as it comes.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; with --stream, a line a step.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Write the model's output for a sentence.

    Settings that are not given are the model's own. An option of one method, such as --beams or
    --temperature, chooses it.
    """
    from explorer.decoding.stepper import Writing
    from explorer.engine.sentence_command import open_on

    changes = {
        "method": method, "max_length": max_length, "candidates": candidates,
        "repetition_penalty": repetition_penalty, "temperature": temperature, "top_k": top_k,
        "top_p": top_p, "min_p": min_p, "typical": typical, "seed": seed, "beams": beams,
        "length_penalty": length_penalty, "n_best": n_best, "beam_stop": beam_stop,
    }  # fmt: skip
    subject = open_on(model, device)
    given = {name: value for name, value in changes.items() if value is not None}
    config = _config(subject.config, _with_method(given))
    words = subject.coding.vocabularies.target
    bans = tuple(id for token in ban or () for id in _banned(words, token))
    wish = Wish(config, text=force, bans=bans, reference=target)
    writing = Writing(subject, subject.source(source), source, wish)
    if stream:
        _print_stream(writing, as_json=as_json)
    written = writing.run()
    for note in written.notes:
        print(note, file=sys.stderr)
    if as_json:
        _print_json(written, whole=not stream)
    elif not stream or written.best:
        print("\n".join(_lines(written)))


def _with_method(given: dict[str, Any]) -> dict[str, Any]:
    """The values with the method that they name; raises `SettingsError` where they disagree."""
    for method, names in _OF_METHOD.items():
        named = [name for name in names if name in given]
        if not named:
            continue
        if given.setdefault("method", method) != method:
            raise SettingsError(
                f"--{named[0].replace('_', '-')}: goes with --method {method}, not "
                f"{given['method']}"
            )
    return given


def _config(config: Any, given: dict[str, Any]) -> DecodingConfig:
    from explorer.messages.settings import with_values

    return with_values(
        config, {f"decoding.{name}": value for name, value in given.items()}
    ).decoding  # fmt: skip


def _banned(words: Any, token: str) -> list[int]:
    """Every token that is written or read as this; raises `SettingsError` where there is none."""
    found = words.named(token)
    if not found:
        raise SettingsError(f"--ban {token}: the model has no such token; see `tokens`")
    return found


def _print_stream(writing: Any, *, as_json: bool) -> None:
    """Tokens as they come; of a search, the best text after each round, a line each."""
    said = ""
    while writing.advance():
        so_far = writing.so_far()
        if as_json:
            from explorer.decoding.saving import step_as_dict

            last = so_far.steps[-1:]
            lines = _round(so_far) if so_far.tree else [step_as_dict(step) for step in last]
            for line in lines:
                print(json.dumps(line, ensure_ascii=False), flush=True)
        elif so_far.tree:
            print(f"{len(so_far.steps):>4}  {so_far.text}", flush=True)
        else:
            # A letter that is not all there yet is spelled with U+FFFD, and waits.
            text = so_far.text.rstrip("\ufffd")
            print(text[len(said) :], end="", flush=True)
            said = text
    if not as_json and said:
        print()


def _round(so_far: Decoding) -> Iterator[dict[str, Any]]:
    from explorer.decoding.saving import node_as_dict

    depth = max(node.depth for node in so_far.tree)
    return (node_as_dict(node) for node in so_far.tree if node.depth == depth)


def _print_json(written: Decoding, *, whole: bool) -> None:
    from explorer.decoding.saving import decoding_as_dict

    found = decoding_as_dict(written)
    if not whole:
        found = {name: value for name, value in found.items() if name not in ("steps", "tree")}
    print(json.dumps(found, ensure_ascii=False, indent=1 if whole else None))


def _lines(written: Decoding) -> Iterator[str]:
    if written.reference:
        yield f"{'token':<18}{'probability':>12}{'rank':>6}{'loss':>8}  the model's own"
        for step in written.steps:
            best = step.candidates[0]
            other = "" if step.rank == 1 else f"{best.token.text} {best.probability:.3f}"
            yield (
                f"{step.token.text:<18}{step.probability:>12.4f}{step.rank:>6}{step.loss:>8.3f}"
                f"  {other}"
            )
        yield f"{'mean loss':<18}{written.loss:>26.3f}"
    elif len(written.best) > 1:
        for text in written.best:
            yield f"{text.score:>9.4f}  {text.text}"
    else:
        yield written.text
