"""Promotion 促销通: what is taken off, why, for whom, at whose cost - and how much of it there is.

The door of several nouns, each with a module of its own name in `model/`, `rules/`, `store/` and `verbs/`:
- `promotion` 促销 - immutable versions of rules that take something off; the engine that finds the best set of them.

Each noun says below what it owns, promises and offers.

Promotion. Owns: `promotion.promotion`, `promotion.version`.
"""
