"""Swedish neighbourhood watch: a warning reaches every neighbour once, with proof."""

__version__ = "0.1.0"
