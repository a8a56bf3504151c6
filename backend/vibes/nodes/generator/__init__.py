"""What draws by itself, without graphs: any `ImageGenerator`, in the hub's process, behind the port of nodes."""
