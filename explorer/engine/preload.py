"""Importing torch without freezing the window.

An import holds the interpreter while the dynamic linker reads half a gigabyte of libraries. C's own
`dlopen`, called by ctypes, lets go of the interpreter for that long; `import torch` then finds the
libraries loaded. A full garbage collection would walk all that was imported, so none runs
meanwhile, and what was imported is frozen out of later ones.
"""

import ctypes
import gc
import os
import sys
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = ("c10", "torch_cpu", "torch_python")
"""In the order in which they need each other; the others come along as dependencies."""


def preload_torch() -> None:
    """Import torch on this thread while the others go on; garbage is collected from then on."""
    if "torch" not in sys.modules:
        gc.disable()
        try:
            open_libraries()
            import torch  # noqa: F401
        finally:
            gc.freeze()
    gc.enable()


def open_libraries() -> int:
    """Load torch's shared libraries without holding the interpreter; returns how many.

    Where that is not possible (Windows, another layout) nothing is lost: the import loads them.
    """
    spec = find_spec("torch")
    if os.name != "posix" or spec is None or spec.origin is None:
        return 0
    suffix = "dylib" if sys.platform == "darwin" else "so"
    paths = [Path(spec.origin).parent / "lib" / f"lib{name}.{suffix}" for name in _LIBRARIES]
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    return sum(bool(dlopen(os.fsencode(path), os.RTLD_LAZY)) for path in paths if path.exists())
