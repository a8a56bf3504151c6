"""The former name of `WatchedNode`, for modules that are being rebuilt."""

from vibes.services.fleet.watched_node import WatchedNode

NodeWatch = WatchedNode
