"""What the browser paints on its own, fed by one WebSocket per tab."""
