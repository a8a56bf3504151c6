"""What a process that the hub starts is told of the hub's environment."""

import pytest

from vibes.generators.processes.environment import harmless

NEEDED = {
    "PATH": "/bin", "HOME": "/home/a", "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": "/cuda", "TMPDIR": "/scratch",
    "CUDA_VISIBLE_DEVICES": "1", "HIP_VISIBLE_DEVICES": "0", "HSA_OVERRIDE_GFX_VERSION": "11.0.0", "HF_HOME": "/models",
    "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True", "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": "/cache",
    "https_proxy": "http://proxy:3128", "NO_PROXY": "localhost", "SystemRoot": "C:\\Windows", "USERPROFILE": "C:\\a",
}  # fmt: skip


def test_what_programs_cards_and_models_need_is_told() -> None:
    assert harmless(NEEDED) == NEEDED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAL_KEY", "x"), ("OPENAI_API_KEY", "x"), ("VIBES_API_KEY", "x"), ("VIBES_API_KEY_FILE", "/x"),
        ("HF_TOKEN", "x"), ("HUGGINGFACE_HUB_TOKEN", "x"), ("CUDA_SECRET", "x"), ("AWS_ACCESS_KEY_ID", "x"),
        ("DATABASE_URL", "postgres://a:b@c"), ("HTTPS_PROXY", "http://user:secret@proxy:3128"),
        ("http_proxy", "user:secret@proxy"), ("ALL_PROXY", "http://[broken"), ("PYTHONSTARTUP", "x"), ("ANYTHING", "x"),
    ],
)  # fmt: skip
def test_what_may_be_a_secret_is_not(name: str, value: str) -> None:
    assert harmless({**NEEDED, name: value}) == NEEDED
