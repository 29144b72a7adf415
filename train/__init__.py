"""How the numbers in `rag.confidence` are made: ``python -m train confidence DEV [DEV …]``."""
