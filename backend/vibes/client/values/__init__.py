"""What a hub tells and is asked for, as values; a test holds them against the OpenAPI document."""
