"""What developers of clients and of the hub itself need: ``vibes openapi`` and ``vibes bench``."""
