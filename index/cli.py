"""What the command lines share."""

from __future__ import annotations

import argparse
from typing import NoReturn


class CommandParser(argparse.ArgumentParser):
    """An argument parser that ends a user's mistake with one line, which says where to find the usage."""

    def error(self, message: str) -> NoReturn:
        """Print the mistake to stderr and exit with status 2."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")
