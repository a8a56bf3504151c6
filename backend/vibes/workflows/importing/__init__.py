"""From an untouched export to a workflow."""
