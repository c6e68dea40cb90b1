"""`earned explain`: where a figure of a finished run comes from."""
