"""Payment channels and whatever else lies outside: the only code of the house that reaches for the network.

A flow writes the intent and a job with it; after the commit a worker runs the job here, and a second flow records the answer.
"""
