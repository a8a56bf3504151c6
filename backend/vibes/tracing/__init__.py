"""Where spans go, a module a protocol; loaded where tracing is on."""
