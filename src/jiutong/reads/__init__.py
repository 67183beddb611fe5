"""Windows: SELECT-only views for screens and reports. They may look into any room and touch nothing."""
