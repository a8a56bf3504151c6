"""Tests of the language model adapters, against a server of this machine."""
