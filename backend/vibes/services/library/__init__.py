"""The workflows that there are, and each as it was when work was asked of it."""
