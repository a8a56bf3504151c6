"""Operations out of feedback in English, German and French, without an LLM. Pure."""
