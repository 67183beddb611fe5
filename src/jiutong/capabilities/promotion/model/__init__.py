"""The nouns of promotion, a module per noun."""
