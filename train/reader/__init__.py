"""The reader: question groups, the network, its training, its export."""
