"""The child process that draws: the only modules that import torch and Diffusers; nothing else imports them."""
