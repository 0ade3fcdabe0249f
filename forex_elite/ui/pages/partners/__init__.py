"""Introducing brokers: a partner's application and desk."""
