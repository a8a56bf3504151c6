"""What can be asked of a hub, one module a thing, each with an event loop and without one."""
