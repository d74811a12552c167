"""analysis: see the architecture page of the docs."""
