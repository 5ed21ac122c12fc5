"""The operations of the three services that the campaign with a fault at each call runs, by route."""
