"""From a workflow and values to a graph."""
