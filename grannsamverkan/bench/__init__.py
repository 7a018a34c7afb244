"""Benchmarks of the product itself: how fast, against what, and how much memory."""
