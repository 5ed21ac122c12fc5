"""App Engine on a laptop: the front door, the instances, and a stand-in for each service behind them."""
