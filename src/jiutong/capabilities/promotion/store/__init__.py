"""The SQL of promotion, a module per noun."""
