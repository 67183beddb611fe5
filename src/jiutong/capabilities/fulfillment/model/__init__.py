"""The nouns of fulfillment, a module per noun."""
