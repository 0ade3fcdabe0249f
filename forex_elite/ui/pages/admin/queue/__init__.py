"""The queue of jobs of the whole installation."""
