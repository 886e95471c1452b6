"""What is decided before torch's libraries are loaded."""

import os

import pytest

from explorer.engine.threads import be_considerate

SPINS, SHAPES = "GOMP_SPINCOUNT", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"


def test_that_few_shapes_are_kept_and_threads_spin_little(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SPINS, SHAPES, "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")  # Put back after the test, whatever is set in it.
        del os.environ[name]
    be_considerate()
    assert (os.environ[SPINS], os.environ[SHAPES]) == ("1000", "64")


def test_that_what_the_user_chose_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPINS, "7")
    monkeypatch.setenv(SHAPES, "500")
    be_considerate()
    assert (os.environ[SPINS], os.environ[SHAPES]) == ("7", "500")
