"""Studies: questions answered with cnnvis on real data, as scripts that make their own pictures."""
