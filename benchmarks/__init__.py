"""How fast it is, measured on the machine at hand against the floor that machine sets in the same run (docs/benchmarks.md)."""
