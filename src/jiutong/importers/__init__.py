"""Readers of other people's retail records, shaped into this house's words.

A reader knows one source and all its quirks (docs/importers.md states each, with its count). It opens no database and books
nothing: it yields frozen values that a flow can replay. Nothing a source says is dropped in silence - what cannot become a
sale comes back as a reported row or a named remainder, and sums are kept to the cent.
"""
