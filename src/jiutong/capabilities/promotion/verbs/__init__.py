"""What can be done in promotion, a module per noun; every verb is plural and runs in the caller's transaction."""
