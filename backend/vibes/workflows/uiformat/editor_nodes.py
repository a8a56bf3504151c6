"""The graph nodes that only ComfyUI's editor knows: notes, reroutes, primitives, Set and Get, broadcasts."""

NOTES = frozenset(
    {
        "Note",
        "MarkdownNote",
        "Label (rgthree)",
        "Bookmark (rgthree)",
        "Fast Muter (rgthree)",
        "Fast Bypasser (rgthree)",
        "Fast Groups Muter (rgthree)",
        "Fast Groups Bypasser (rgthree)",
        "Fast Actions Button (rgthree)",
        "Mute / Bypass Relay (rgthree)",
        "Mute / Bypass Repeater (rgthree)",
        "Node Collector (rgthree)",
        "Node Combiner (rgthree)",
        "Random Unmuter (rgthree)",
        "Note Plus (mtb)",
    }
)
"""They give nothing to any other graph node."""
REROUTES = frozenset({"Reroute", "Reroute (rgthree)"})
"""They pass on what their one input gets."""
PRIMITIVES = frozenset({"PrimitiveNode", "Seed Everywhere"})
"""They hold a value for the fields that they are linked to, or broadcast to."""
SETTERS = frozenset({"SetNode", "easy setNode"})
"""They give what their input gets to the getters of the same name, without a link."""
GETTERS = frozenset({"GetNode", "easy getNode"})
BROADCASTERS = frozenset({"Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere"})
"""Of cg-use-everywhere: they give what their inputs get to inputs without a link."""

VIRTUAL = NOTES | REROUTES | PRIMITIVES | SETTERS | GETTERS | BROADCASTERS
"""None of them is in API format."""
