"""ForexElite: self-hosted cockpit for MetaTrader 5."""

__version__ = "0.1.0"
