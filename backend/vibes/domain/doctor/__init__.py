"""What the doctor tells people."""
