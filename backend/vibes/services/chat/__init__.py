"""Language models: what llm.yaml says, one request at a time for each server, and the card that one shares."""
