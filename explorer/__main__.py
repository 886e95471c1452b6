"""Where the program starts: the window at once, or the command line without loading Qt."""

import gc
import sys
from collections.abc import Sequence

COMMANDS = ("models", "train", "inspect", "decode", "evaluate", "export", "metrics")
"""The first words that are commands; any other first word is a model for the window."""


def main() -> int:
    """Open the window, or run a command; returns the exit status."""
    asked = window_request(sys.argv[1:])
    if asked is None:
        from explorer.cli import main as command_line

        return command_line(sys.argv[1:])
    gc.disable()  # Until the worker has imported torch: nothing is garbage before that.
    from explorer.app import run

    return run(*asked)


def window_request(arguments: Sequence[str]) -> tuple[str | None, str | None] | None:
    """The model and the text of `[MODEL] [--text TEXT]`; None when it is anything else.

    So simple a line is read here, since the command line's library takes a tenth of a second.
    """
    model: str | None = None
    text: str | None = None
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--text=") and text is None:
            text = word.removeprefix("--text=")
        elif word == "--text" and waiting and text is None:
            text = waiting.pop(0)
        elif word and not word.startswith("-") and model is None and word not in COMMANDS:
            model = word
        else:
            return None
    return model, text


if __name__ == "__main__":
    sys.exit(main())
