"""Tasks and jobs: their types, checks and JSON Schemas."""
