"""What can be done in pricing, a module per noun."""
