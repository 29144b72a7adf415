"""How the models and the numbers that the program works with are made: ``python -m train --help``."""
