"""TradingView signals: the feed, and one alert from webhook to fill."""
