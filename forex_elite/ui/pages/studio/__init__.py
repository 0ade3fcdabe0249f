"""The EA studio: write MQL5 in the browser."""
