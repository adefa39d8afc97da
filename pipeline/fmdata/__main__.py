"""The command `fmdata`, which `python -m fmdata` is too."""

from __future__ import annotations

import os
import sys

from fmdata.cli import main

# In seconds; of its own accord, Python takes ten times as much.
_SWITCH = 0.0005


def run() -> None:
    """Run the command and end the process at once.

    All it opened is closed by then. To take the libraries down in order takes a tenth of a second more.
    """
    # Threads that ask DuckDB many small things wait that long, each time, for one that reckons in Python.
    sys.setswitchinterval(_SWITCH)
    try:
        main()
    except SystemExit as stop:
        if stop.code is not None and not isinstance(stop.code, int):
            raise
        try:
            # A stream that was closed before is None.
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
        except (OSError, ValueError):
            # Nobody reads on: Python knows how to end then.
            raise stop from None
        os._exit(stop.code or 0)


if __name__ == "__main__":
    run()
