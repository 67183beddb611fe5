"""The walls of the house: what keeps its rooms apart, its names straight and its schema true."""
