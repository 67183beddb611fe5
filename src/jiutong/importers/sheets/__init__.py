"""Sheets people hand in: XLSX and CSV files of products, prices, listings or stock, taken over row by row.

`files` reads bytes into rows, `fields` knows what a column may mean, `cells` reads what is written in one, `shaping` says what a
row wishes for, `work` carries it out through the flows people use, `words` says in both languages what was wrong and how to mend it.
"""
