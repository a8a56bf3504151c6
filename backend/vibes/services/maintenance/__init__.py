"""Set in motion by the start of the hub or by a timer: taking over, healing, clearing away, warming up."""
