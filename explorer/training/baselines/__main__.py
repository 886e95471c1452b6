"""Find baselines in a process of its own, behind everything else: from a file to a file.

Libraries that take a second to import, and calls that hold the interpreter, stay away from the
window and from training.
"""

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from explorer.training.baselines.finding import find_baselines, told_once
from explorer.training.baselines.material import unpacked


def main(material: Path, found: Path) -> None:
    """Read the material, write what was found as JSON."""
    with suppress(AttributeError, OSError):  # Windows has no niceness; it is started as idle.
        os.nice(7)
    baselines = told_once(list(find_baselines(unpacked(material.read_bytes()))))
    text = json.dumps([asdict(baseline) for baseline in baselines])
    found.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
