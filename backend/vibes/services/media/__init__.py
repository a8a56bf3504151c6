"""Pictures as files: decoded within limits, kept, found again, packed."""
