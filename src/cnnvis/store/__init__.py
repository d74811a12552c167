"""The run folder on disk: write, read, upgrade. Knows files, not networks; needs no torch."""
