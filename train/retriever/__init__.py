"""The static embedding model: how it is made and measured."""
