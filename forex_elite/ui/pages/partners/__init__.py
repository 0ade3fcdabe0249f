"""Introducing brokers: the partner's desk, and the desk of who decides about partners."""
