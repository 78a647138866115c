"""The models and data sets known by name, and the pinned downloads behind them."""
