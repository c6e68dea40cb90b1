"""A second implementation of the figures, in plain Python fractions; it shares no code with `earned`."""
