"""Orders in ComfyUI's form: graphs, files in the node's spelling, what a node lacks, and whose picture a file is."""
