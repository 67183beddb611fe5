"""The ground under every room: values and the one way to write. Knows nothing of commerce."""
