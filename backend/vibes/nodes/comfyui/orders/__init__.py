"""Orders as ComfyUI takes them: graphs, files by the node's own names, what a node lacks, whose picture it is."""
