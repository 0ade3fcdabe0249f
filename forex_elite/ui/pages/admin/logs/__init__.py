"""Everybody's log lines."""
