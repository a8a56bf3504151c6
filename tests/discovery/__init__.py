"""Finding machines in the local network: only loopback addresses are ever asked here."""
