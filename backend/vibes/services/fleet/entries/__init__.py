"""What the parts of an entry of ``gpus.yaml`` may say, each checked for itself."""
