"""The doctor: what it finds, and that it never hangs or changes anything."""
