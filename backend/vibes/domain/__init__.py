"""What the hub talks about: frozen values and their rules, no I/O."""
