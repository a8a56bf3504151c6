"""Who listens to the hub from outside: what is counted of it, and its traces."""
