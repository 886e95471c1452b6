"""Torch's libraries, opened before torch is imported."""

import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys
from explorer.engine import preload
gc.disable()
opened = preload.open_libraries()
assert "torch" not in sys.modules
preload.preload_torch()
import torch
assert torch.ones(2, 2).matmul(torch.ones(2, 2))[0, 0] == 2
assert gc.isenabled() and gc.get_freeze_count() > 100_000
print(opened)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="library names differ")
def test_that_torch_works_after_its_libraries_were_opened_by_hand() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "3"
