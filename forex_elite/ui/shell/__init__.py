"""The frame around every page: navigation, top bar, ticker, palette, toasts."""
