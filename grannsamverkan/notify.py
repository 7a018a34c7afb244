"""Notices on their way: claimed, handed over one by one, and their receipts."""
