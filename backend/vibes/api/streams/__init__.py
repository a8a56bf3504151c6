"""Events as messages over a connection that stays open."""
