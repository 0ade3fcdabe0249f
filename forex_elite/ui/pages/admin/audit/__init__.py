"""The audit log of the whole installation."""
