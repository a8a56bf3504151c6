"""Which inputs of a graph name model files: the loaders that come with ComfyUI, and two that everybody installs."""

from collections.abc import Mapping

from vibes.domain.nodes.node import ModelFolder

MODEL_FILE_INPUTS: Mapping[tuple[str, str], ModelFolder] = {
    ("CheckpointLoaderSimple", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("CheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("unCLIPCheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("ImageOnlyCheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("LoraLoader", "lora_name"): ModelFolder.LORAS,
    ("LoraLoaderModelOnly", "lora_name"): ModelFolder.LORAS,
    ("VAELoader", "vae_name"): ModelFolder.VAE,
    ("CLIPLoader", "clip_name"): ModelFolder.TEXT_ENCODERS,
    ("DualCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("DualCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name3"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name3"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name4"): ModelFolder.TEXT_ENCODERS,
    ("UNETLoader", "unet_name"): ModelFolder.DIFFUSION_MODELS,
    ("UnetLoaderGGUF", "unet_name"): ModelFolder.DIFFUSION_MODELS,
    ("ControlNetLoader", "control_net_name"): ModelFolder.CONTROLNET,
    ("DiffControlNetLoader", "control_net_name"): ModelFolder.CONTROLNET,
    ("UpscaleModelLoader", "model_name"): ModelFolder.UPSCALE_MODELS,
    ("CLIPVisionLoader", "clip_name"): ModelFolder.CLIP_VISION,
    ("StyleModelLoader", "style_model_name"): ModelFolder.STYLE_MODELS,
    ("GLIGENLoader", "gligen_name"): ModelFolder.GLIGEN,
    ("HypernetworkLoader", "hypernetwork_name"): ModelFolder.HYPERNETWORKS,
    ("PhotoMakerLoader", "photomaker_model_name"): ModelFolder.PHOTOMAKER,
    ("ModelPatchLoader", "name"): ModelFolder.MODEL_PATCHES,
}
"""Which input of which graph-node class names a file, and out of which folder
(docs/comfyui-protocol.md#model-inputs)."""
