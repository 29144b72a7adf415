"""The built-in embedding model: how it is made, adapted to other documents, and measured."""
