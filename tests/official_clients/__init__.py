"""The providers' own clients against our stand-ins: what they accept, the stand-ins say as the providers would."""
