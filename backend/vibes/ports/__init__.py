"""What the hub needs of the outside world, as protocols: adapters implement them, services are given them."""
