"""What should change about a prompt: from words of feedback to operations, and from operations to a new prompt. Pure."""
