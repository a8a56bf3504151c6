"""Set in motion by the plan: attempts, from their claim to their outcome."""
