"""What should change about a prompt: from feedback to operations, and from these to a new prompt. Pure."""
