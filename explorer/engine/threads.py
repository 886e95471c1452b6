"""What torch's libraries read once from the environment, decided before they are loaded."""

import os

_SPINS = "1000"
"""Rounds that a thread spins before it sleeps; libgomp's own number is 300,000."""

_KEPT = "64"
"""Compiled products that oneDNN keeps, each for one shape; its own number is 1,024."""


def be_considerate() -> None:
    """Let waiting threads give their core away soon and few shapes be kept, unless the user says.

    See docs/decisions/threads-that-wait.md and docs/speed.md for the measurements. No effect once
    torch is loaded. Batches of sentences have hundreds of shapes, and what oneDNN compiles for each
    in bfloat16 holds megabytes.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = _SPINS
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KEPT)
