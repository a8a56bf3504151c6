"""What a process finds around it: settings, folders, keys, shipped files, logging."""
