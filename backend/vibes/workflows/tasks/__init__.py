"""Tasks and jobs: what they may be, checked, and as JSON Schema."""
