"""jiutong 九通: one set of shared commerce capabilities that every channel and scene reuses."""
