"""What can be done in fulfillment, a module per noun; every verb is plural and runs in the caller's transaction."""
