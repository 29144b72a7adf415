"""The chat in the browser: answers with their citations, and the documents behind them."""
