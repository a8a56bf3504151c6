"""The commands of ``vibes``, one module each."""
