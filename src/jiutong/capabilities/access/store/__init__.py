"""The SQL of access, a module per noun.

Puts are decided by the statement: a row whose revision is not the expected one is not written, and not told.
The revision a row would get travels as `revision`: expected + 1, or 1 from whoever expects nothing. Inserts keep it, so
only rows somebody expects to find are held back where there is none; rows are never deleted, so the look is safe.
"""
