"""The first words of the command line: window or command."""

import pytest

from explorer.__main__ import window_request


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ([], (None, None)),
        (["dates"], ("dates", None)),
        (["dates", "--text", "24 July"], ("dates", "24 July")),
        (["--text=24 July", "runs/a b"], ("runs/a b", "24 July")),
        (["models"], None),
        (["train", "reverse"], None),
        (["--help"], None),
        (["dates", "other"], None),
        (["--text"], None),
        (["--text", "a", "--text", "b"], None),
    ],
)
def test_that_only_a_model_and_a_text_open_the_window(
    line: list[str], asked: tuple[str | None, str | None] | None
) -> None:
    assert window_request(line) == asked
