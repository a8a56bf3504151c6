"""Set in motion by a person's request: pictures asked for, stopped, repeated and moved in the queue."""
