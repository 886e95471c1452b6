"""How the threads of torch wait for each other, decided before its libraries are loaded."""

import os

_SPINS = "1000"
"""Rounds that a thread spins before it sleeps; libgomp's own number is 300,000."""


def be_considerate() -> None:
    """Let threads that wait give their core away soon, unless the user has said otherwise.

    See docs/decisions/threads-that-wait.md for the measurements. No effect once torch is loaded.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = _SPINS
