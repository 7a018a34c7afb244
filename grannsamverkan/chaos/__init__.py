"""Faults on purpose: the product's own processes against the stand-ins, broken while they send, and then counted."""
