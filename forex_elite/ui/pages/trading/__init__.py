"""The live trading page: chart, order ticket, positions and orders of one account."""
