"""The SQL of pricing, a module per noun."""
