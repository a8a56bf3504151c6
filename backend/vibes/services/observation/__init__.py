"""What can be watched from outside: what happened, counted, and where each picture's time went."""
