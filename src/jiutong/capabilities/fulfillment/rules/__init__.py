"""The decisions of fulfillment, pure, a module per noun."""
