"""The SQL of the catalog, a module per noun.

Every array drives its statement: a lateral subquery that the planner cannot dissolve (`offset 0`, `for update`) is looked up
once per element, in the array's order, however few rows the planner believes a young table to have.
For the same reason rows that are known to be there are changed by an insert that meets them, never by an update that joins.
"""
