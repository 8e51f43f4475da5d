"""`python -m blastlint`."""

from blastlint.cli import main

if __name__ == "__main__":
    main()
