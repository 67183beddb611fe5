"""Replays: past orders through the steps of their scene once more, under prices or a promotion that are only drafts.

Nothing is held, placed or posted: a replay is a quote of what was bought already. It runs as a job, some hundred orders at a time,
and what it finds is kept by the room of simulations.
"""
