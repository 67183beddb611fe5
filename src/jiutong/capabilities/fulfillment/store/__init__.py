"""The SQL of fulfillment, a module per noun."""
