"""Agents: the programs beside the terminals."""
