"""What the C library does with memory between the steps of a training."""

import ctypes
import platform
from functools import cache

_TRIM, _TOP_PAD, _MMAP = -1, -2, -3
"""Names of parameters in glibc's `malloc.h`."""
_KEPT, _AHEAD, _LARGE = 1 << 29, 1 << 26, 1 << 25


@cache
def keep_freed_memory() -> bool:
    """Let freed memory stay with the process, once for all; whether the C library knows how.

    glibc gives what a backward pass frees back to the system, a page at a time, and every forward
    pass asks for it anew: three to seven thousand page faults a step, a fifth of the time of a
    small model's step (docs/speed.md). Up to 512 MB are kept; blocks above 32 MB are given back.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    library = ctypes.CDLL(None)
    wanted = ((_TRIM, _KEPT), (_MMAP, _LARGE), (_TOP_PAD, _AHEAD))
    done = [library.mallopt(name, value) for name, value in wanted]
    return all(taken == 1 for taken in done)
