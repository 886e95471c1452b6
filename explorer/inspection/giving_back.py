"""Freed memory back to the system: a long text frees hundreds of megabytes in small pieces."""

import ctypes
import logging
import sys

_log = logging.getLogger(__name__)


def give_back() -> None:
    """Hand over what is freed; glibc keeps it otherwise. Elsewhere nothing is done."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):  # Another C library.
        _log.debug("freed memory is kept", exc_info=True)
