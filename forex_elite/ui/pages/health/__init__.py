"""Health: whether what is shown can be trusted."""
