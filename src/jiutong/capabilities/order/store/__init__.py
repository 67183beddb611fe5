"""The SQL of orders, a module per noun."""
