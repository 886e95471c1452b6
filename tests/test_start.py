"""The first words of the command line: window or command."""

import pytest

from explorer.__main__ import WindowRequest, window_request


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ([], WindowRequest()),
        (["dates"], WindowRequest("dates")),
        (["dates", "--text", "24 July"], WindowRequest("dates", "24 July")),
        (["--text=24 July", "runs/a b"], WindowRequest("runs/a b", "24 July")),
        (["--follow", "runs/a b"], WindowRequest("runs/a b", follow=True)),
        (["runs/a b", "--follow"], WindowRequest("runs/a b", follow=True)),
        (["--follow"], None),
        (["models"], None),
        (["train", "reverse"], None),
        (["--help"], None),
        (["dates", "other"], None),
        (["--text"], None),
        (["--text", "a", "--text", "b"], None),
    ],
)
def test_that_only_a_model_and_a_text_open_the_window(
    line: list[str], asked: WindowRequest | None
) -> None:
    assert window_request(line) == asked
