"""Pending orders of all accounts, and what can be done about them."""
