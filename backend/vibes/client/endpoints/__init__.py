"""The requests that a hub offers, one module for each kind of thing, asynchronous and blocking."""
