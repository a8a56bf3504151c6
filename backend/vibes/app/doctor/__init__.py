"""The doctor's checks: with a running hub, without one, and of the surroundings of both."""
