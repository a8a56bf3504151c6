"""The repositories of the services' ports, in portable SQL."""
