"""The decisions of pricing, a module per noun."""
