"""Importing `transformers` while a window wants to stay smooth.

Most of it is bytecode, during which other threads have their turn; a full garbage collection in
between would walk all that was imported, and hold them for it. A window takes its turn many times
to paint once, so meanwhile turns are short: `python -m benchmarks.opening`.
"""

import gc
import sys

_TURN = 0.0005
"""Seconds that a thread may keep the interpreter while another waits; Python's own are 0.005."""
_LAST = "transformers.modeling_utils"


def is_imported() -> bool:
    """Whether the large part of it is here."""
    return all(sys.modules.get(name) is not None for name in ("transformers", _LAST))


def import_transformers() -> None:
    """Import what every model needs, once; raises `ImportError` where it is not installed."""
    if is_imported():
        return
    collects, turn = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(min(turn, _TURN))
    try:
        import transformers
        import transformers.modeling_utils
        import transformers.models.auto.modeling_auto  # noqa: F401
    finally:
        sys.setswitchinterval(turn)
        if collects:
            gc.freeze()
            gc.enable()
