"""Set in motion by a person's request: pictures are submitted, cancelled, retried and moved in the queue."""
