"""What every benchmark stands on: a stage of its own, a world to trade in, a load, a floor to compare with, and meters."""
