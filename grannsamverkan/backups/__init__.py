"""Copies of a whole installation: taken while it runs, sealed, proven, restored on either database, and held there."""
