"""Where the program starts: the window at once, or the command line without loading Qt."""

import gc
import sys
from collections.abc import Sequence
from typing import NamedTuple

from explorer.engine.threads import be_considerate

COMMANDS = (
    "models", "train", "inspect", "align", "decode", "evaluate", "tokens", "export", "metrics",
    "runs", "timeline", "fork", "compare",
)  # fmt: skip
"""The first words that are commands; any other first word is a model for the window."""


def main() -> int:
    """Open the window, or run a command; returns the exit status."""
    be_considerate()
    asked = window_request(sys.argv[1:])
    if asked is None:
        from explorer.cli import main as command_line

        return command_line(sys.argv[1:])
    gc.disable()  # Until the worker has imported torch: nothing is garbage before that.
    from explorer.app import run

    return run(*asked)


class WindowRequest(NamedTuple):
    """What the window shall show; with `follow` the model is a run that another process trains."""

    model: str | None = None
    text: str | None = None
    follow: bool = False


def window_request(arguments: Sequence[str]) -> WindowRequest | None:
    """What `[MODEL] [--text TEXT] [--follow]` asks for; None when it is anything else.

    So simple a line is read here, since the command line's library takes a tenth of a second.
    """
    model: str | None = None
    text: str | None = None
    follow = False
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--text=") and text is None:
            text = word.removeprefix("--text=")
        elif word == "--text" and waiting and text is None:
            text = waiting.pop(0)
        elif word == "--follow" and not follow:
            follow = True
        elif word and not word.startswith("-") and model is None and word not in COMMANDS:
            model = word
        else:
            return None
    return None if follow and model is None else WindowRequest(model, text, follow)


if __name__ == "__main__":
    sys.exit(main())
