"""The `jiutong` command: assembly, start and stop."""
