"""The differences between the two ComfyUI versions that the simulator speaks, as one value."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One ComfyUI version's behaviour; the rest of the simulator reads this instead of comparing versions."""

    version: str
    os_name: str
    """The system in ``/system_stats``: ``os.name`` in the older version, ``sys.platform`` in the newer one."""
    requires_uuid_prompt_ids: bool
    names_missing_classes: bool
    """True: an unknown class is ``missing_node_type`` with details; False: ``invalid_prompt``."""
    reads_metadata_of_every_graph_node: bool
    """True: every graph node is read before validation, so that a list or a text in its place is a 500."""
    detects_cycles: bool
    checks_named_combos: bool
    """True: an input declared as ``COMBO`` must have one of its options. False: only bare lists are checked, and a
    missing file fails when it is read."""
    quotes_with_repr: bool
    """``value_not_in_list`` shows the value as ``repr`` instead of between plain quotes."""
    hides_secrets_in_queue: bool
    stamps_create_time: bool
    has_jobs_routes: bool
    throttles_progress: bool
    """Progress without a preview is sent at most every 100 ms, the first and the last always."""
    previews_per_prompt: bool
    """``extra_data.preview_method`` overrides the server's own setting."""
    evicts_after_first_node: bool
    """The cache drops what a prompt does not use after its first executed graph node, not at its start."""
    refuses_cross_site: bool
    forces_nosniff: bool
    model_folders: tuple[str, ...]
    features: tuple[str, ...]
    frontend_version: str
    required_templates_version: str
    comfy_packages: tuple[tuple[str, str], ...]


_FOLDERS_OF_BOTH = (
    *("checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models"),
    *("embeddings", "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models"),
)

OCTOBER_2025 = Dialect(
    version="0.3.64",
    os_name="posix",
    requires_uuid_prompt_ids=False,
    names_missing_classes=False,
    reads_metadata_of_every_graph_node=False,
    detects_cycles=False,
    checks_named_combos=False,
    quotes_with_repr=False,
    hides_secrets_in_queue=False,
    stamps_create_time=False,
    has_jobs_routes=False,
    throttles_progress=False,
    previews_per_prompt=False,
    evicts_after_first_node=False,
    refuses_cross_site=False,
    forces_nosniff=False,
    model_folders=(
        *_FOLDERS_OF_BOTH,
        *("custom_nodes", "hypernetworks", "photomaker", "classifiers", "model_patches", "audio_encoders"),
    ),
    features=("supports_preview_metadata", "max_upload_size"),
    frontend_version="1.27.10",
    required_templates_version="0.1.95",
    comfy_packages=(),
)

AUGUST_2026 = Dialect(
    version="0.33.0",
    os_name="linux",
    requires_uuid_prompt_ids=True,
    names_missing_classes=True,
    reads_metadata_of_every_graph_node=True,
    detects_cycles=True,
    checks_named_combos=True,
    quotes_with_repr=True,
    hides_secrets_in_queue=True,
    stamps_create_time=True,
    has_jobs_routes=True,
    throttles_progress=True,
    previews_per_prompt=True,
    evicts_after_first_node=True,
    refuses_cross_site=True,
    forces_nosniff=True,
    model_folders=(
        *_FOLDERS_OF_BOTH,
        *("latent_upscale_models", "custom_nodes", "datasets", "hypernetworks", "photomaker", "classifiers"),
        *("model_patches", "audio_encoders", "background_removal", "frame_interpolation", "geometry_estimation"),
        *("optical_flow", "detection"),
    ),
    features=(
        *("supports_preview_metadata", "supports_model_type_tags", "max_upload_size", "extension"),
        *("node_replacements", "assets"),
    ),
    frontend_version="1.49.6",
    required_templates_version="0.11.44",
    comfy_packages=(
        ("comfyui-frontend-package", "1.49.6"),
        ("comfyui-workflow-templates", "0.11.44"),
        ("comfyui-embedded-docs", "0.5.10"),
    ),
)

DIALECTS = {dialect.version: dialect for dialect in (OCTOBER_2025, AUGUST_2026)}


_WINDOWS_NAMES = {"posix": "nt", "linux": "win32"}


def dialect_of(version: str, *, windows: bool = False) -> Dialect:
    """The dialect of a ``comfyui_version``, on Linux or on Windows; ValueError names the versions there are."""
    if version not in DIALECTS:
        raise ValueError(f"no dialect of ComfyUI {version!r}; choose one of {', '.join(DIALECTS)}")
    dialect = DIALECTS[version]
    return replace(dialect, os_name=_WINDOWS_NAMES[dialect.os_name]) if windows else dialect
