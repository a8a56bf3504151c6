"""What every service may use: the real clock, restarting loops, durable files."""
