"""`python -m fmdata` is the command `fmdata`."""

from fmdata.cli import main

if __name__ == "__main__":
    main()
