"""What each class of graph node does in the simulator."""
