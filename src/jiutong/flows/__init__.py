"""The corridor: one file is one business process, read top to bottom, in one transaction."""
