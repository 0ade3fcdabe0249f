"""Experts on accounts: what runs where, how it does, and what can be done about it."""
