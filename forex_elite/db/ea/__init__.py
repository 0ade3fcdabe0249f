"""Queries about Expert Advisors, each with the owner named: who may read a client's rows may not take the programs."""
