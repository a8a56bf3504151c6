"""The repositories that the services' ports promise, in portable SQL."""
