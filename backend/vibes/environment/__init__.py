"""What a process finds around it: settings, folders, keys, what came with the package, where its log goes."""
