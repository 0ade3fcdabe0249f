"""Deciding about introducing brokers: applications, tiers, fees and payouts."""
