"""The listening side: uvicorn, with caps and deadlines for whoever connects."""
