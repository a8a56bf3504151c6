"""What adapters measure for the services, and take of them for whoever watches."""
