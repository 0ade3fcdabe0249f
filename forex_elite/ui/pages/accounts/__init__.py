"""Accounts: add, assign, enable, groups, limits, automation."""
