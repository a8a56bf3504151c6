"""Where pictures are kept: each module implements the ``MediaStore`` port for one kind of place."""
