"""What the hub needs from outside, as protocols: adapters implement them, services get them."""
