"""The decisions of promotion, pure, a module per noun."""
