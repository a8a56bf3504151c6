"""The ``parameters`` text that A1111 and its successors read."""

from vibes.domain.pictures.spec import GenerationSpec


def a1111_parameters(spec: GenerationSpec) -> str:
    """Prompt, negative prompt and settings in A1111's layout; depends on the spec alone."""
    lora_tags = "".join(
        f" <lora:{lora.name.removesuffix('.safetensors')}:{lora.strength_model:g}>" for lora in spec.loras
    )
    lines = [spec.prompt + lora_tags]
    if spec.negative_prompt:
        lines.append(f"Negative prompt: {spec.negative_prompt}")
    settings: list[tuple[str, object | None]] = [
        ("Steps", spec.steps),
        ("Sampler", spec.parameters.get("sampler")),
        ("Schedule type", spec.parameters.get("scheduler")),
        ("CFG scale", f"{spec.cfg_scale:g}" if spec.cfg_scale is not None else None),
        ("Seed", spec.seed),
        ("Size", f"{spec.width}x{spec.height}" if spec.width and spec.height else None),
        ("Model", spec.checkpoint.rsplit(".", 1)[0] if spec.checkpoint else None),
        ("Denoising strength", f"{spec.denoise_strength:g}" if (spec.denoise_strength or 1.0) < 1 else None),
        ("Version", "Vibes ImGen"),
    ]
    lines.append(", ".join(f"{name}: {value}" for name, value in settings if value is not None))
    return "\n".join(lines)
