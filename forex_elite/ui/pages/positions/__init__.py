"""Open positions of all accounts, live, and what can be done about them."""
