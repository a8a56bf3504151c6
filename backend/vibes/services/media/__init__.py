"""Pictures as files: decoded within bounds, kept, found again, packed."""
