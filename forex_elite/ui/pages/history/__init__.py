"""Closed trades: filters, pages, totals, export."""
