"""TradingView strategies: their address, rules and alert text."""
