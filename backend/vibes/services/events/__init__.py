"""Events for watchers: numbered streams, and the progress of everything."""
