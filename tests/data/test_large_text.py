"""A text larger than the memory it may take."""

import subprocess
import sys
from pathlib import Path

import pytest

SIZE = 100 << 20
SCRIPT = """
import resource, sys
from explorer.data.prepare import prepare
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

def config(file, kind):
    return with_values(RunConfig(), {
        "task.name": "text", "task.file": file, "task.vocabulary": kind,
        "model.architecture": "decoder-only",
    })

small, large = sys.argv[1:3]
data = prepare(config(small, "character"))
data.stream.batch(0)
before = peak()
data = prepare(config(large, "character"))
read = peak()
for step in range(200):
    data.stream.batch(step)
print(before, read, peak(), len(data.validation_text))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in other units there")
def test_that_a_hundred_megabytes_are_opened_in_little_memory(tmp_path: Path) -> None:
    piece = "".join(f"{i} green bottles hanging on the wall,\n" for i in range(25_000))
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    small.write_text(piece)
    with large.open("w") as file:
        for _ in range(SIZE // len(piece) + 1):
            file.write(piece)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(small), str(large)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    before, read, learned, held = map(int, done.stdout.split())
    assert held == pytest.approx(0.1 * SIZE, rel=0.02)
    assert read - before < 30, "megabytes; neither the text nor its ids may be held"
    # Windows that were learned from are mapped for a while, and let go again.
    assert learned - before < 120
