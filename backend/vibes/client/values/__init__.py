"""The values in a hub's answers and requests; a test compares them with the OpenAPI document."""
