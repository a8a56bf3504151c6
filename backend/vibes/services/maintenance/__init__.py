"""Set in motion by the hub's start or a timer: recovery, healing, cleaning up, warming up."""
