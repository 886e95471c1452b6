"""Importing `transformers` while a window wants to stay smooth.

Most of it is bytecode, during which other threads have their turn; a full garbage collection in
between would walk all that was imported, and hold them for it.
"""

import gc
import sys

_LAST = "transformers.modeling_utils"


def is_imported() -> bool:
    """Whether the large part of it is here."""
    return all(sys.modules.get(name) is not None for name in ("transformers", _LAST))


def import_transformers() -> None:
    """Import what every model needs, once; raises `ImportError` where it is not installed."""
    if is_imported():
        return
    collects = gc.isenabled()
    gc.disable()
    try:
        import transformers
        import transformers.modeling_utils
        import transformers.models.auto.modeling_auto  # noqa: F401
    finally:
        if collects:
            gc.freeze()
            gc.enable()
