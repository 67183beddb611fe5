"""How a command says that it cannot go on."""


class Failure(Exception):
    """One exact line for the person at the terminal: what is wrong, and what to do about it. Never shown as a traceback."""
