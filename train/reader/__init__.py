"""How the reader of `rag.reader` is made: tokens, pretraining, fine-tuning, export, scores (docs/training.md)."""
