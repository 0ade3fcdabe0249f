"""What is switched for the whole installation."""
