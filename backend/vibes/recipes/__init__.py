"""What a picture was made with, read out of its file and written into it, in the dialects of many programs. Pure."""
