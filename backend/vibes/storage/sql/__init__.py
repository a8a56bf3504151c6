"""Tables, rows and the single writer that all repositories use."""
