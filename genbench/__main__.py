"""The program, as `python -m genbench`."""

from genbench.cli.program import run_program

if __name__ == "__main__":
    run_program()
