"""Paper: slips, letters, notices and forms as PDF."""
