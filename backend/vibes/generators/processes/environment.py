"""What a process that the hub starts is told of the hub's environment."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from vibes.generators.config import is_secret

_NAMES = frozenset({
    "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TEMP", "TMP", "TMPDIR", "TZ", "USER",
    "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "NO_PROXY",
    "DYLD_LIBRARY_PATH", "__CF_USER_TEXT_ENCODING",  # macOS
    "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "PATHEXT",  # Windows
    "PROCESSOR_ARCHITECTURE", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "USERNAME", "USERPROFILE",
    "WINDIR",
})  # fmt: skip
_FIRST_PARTS = (
    "LC_", "XDG_", "CUDA_", "NVIDIA_", "HIP_", "HSA_", "ROCR_", "ROCM_", "MIOPEN_", "ONEAPI_", "SYCL_", "ZE_",
    "PYTORCH_", "TORCH_", "TORCHINDUCTOR_", "TRITON_", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "HF_", "HUGGINGFACE_HUB_",
    "TRANSFORMERS_",
)  # fmt: skip
"""Of cards, of what computes on them and of the folders of models."""
_PROXIES = frozenset({"ALL_PROXY", "FTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY"})


def harmless(inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a process may need in order to find programs, cards, models and the network. All others may
    be secrets, and are kept from the code of others that it runs: also a token of Hugging Face, and a proxy whose
    address holds a password."""
    return {name: value for name, value in inherited.items() if _may_be_told(name.upper(), value)}


def _may_be_told(name: str, value: str) -> bool:
    if is_secret(name):
        return False
    return name in _NAMES or name.startswith(_FIRST_PARTS) or (name in _PROXIES and not _has_password(value))


def _has_password(address: str) -> bool:
    try:
        return "@" in urlsplit(address if "//" in address else f"//{address}").netloc
    except ValueError:
        return True
