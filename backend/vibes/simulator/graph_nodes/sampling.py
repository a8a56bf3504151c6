"""Graph nodes that sample: they paint the pictures."""

from dataclasses import replace

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, Inputs, Work, values
from vibes.simulator.graph_nodes.values import Guider, Latent, Noise, Sampler, Sigmas
from vibes.simulator.pictures.render import Sampling, sample
from vibes.simulator.setup.profiles import GpuProfile, family_of

_FULL_DENOISE = 0.9999
"""ComfyUI treats anything above as 1."""


def _ksampler(inputs: Inputs, bench: Bench) -> Done:
    sigmas = Sigmas(_steps(inputs), inputs["scheduler"], inputs["denoise"])
    return values(
        _sampled(_guider(inputs), sigmas, inputs["sampler_name"], inputs["seed"], inputs["latent_image"], bench)
    )


def _ksampler_advanced(inputs: Inputs, bench: Bench) -> Done:
    denoise = 1 - min(inputs["start_at_step"], inputs["steps"]) / inputs["steps"]
    sigmas = Sigmas(_advanced_steps(inputs), inputs["scheduler"], denoise)
    seed = inputs["noise_seed"]
    return values(_sampled(_guider(inputs), sigmas, inputs["sampler_name"], seed, inputs["latent_image"], bench))


def _sampler_custom(inputs: Inputs, bench: Bench) -> Done:
    sampler: Sampler = inputs["sampler"]
    seed, latent = inputs["noise_seed"], inputs["latent_image"]
    sampled = _sampled(_guider(inputs), inputs["sigmas"], sampler.name, seed, latent, bench)
    return values(sampled, sampled)


def _sampler_custom_advanced(inputs: Inputs, bench: Bench) -> Done:
    noise: Noise = inputs["noise"]
    sampler: Sampler = inputs["sampler"]
    sampled = _sampled(inputs["guider"], inputs["sigmas"], sampler.name, noise.seed, inputs["latent_image"], bench)
    return values(sampled, sampled)


def _sampled(guider: Guider, sigmas: Sigmas, sampler: str, seed: int, latent: Latent, bench: Bench) -> Latent:
    if sigmas.steps == 0:
        return latent
    pictures = tuple(
        sample(
            Sampling(
                prompt=guider.positive.text,
                negative=guider.negative.text,
                seed=seed,
                index=index,
                checkpoint=guider.model.file_name,
                loras=guider.model.loras,
                steps=sigmas.steps,
                cfg=guider.cfg,
                sampler=sampler,
                scheduler=sigmas.scheduler,
                denoise=1.0 if sigmas.denoise > _FULL_DENOISE else sigmas.denoise,
                size=latent.size,
                source=None if latent.pictures is None else latent.pictures[index],
                mask=latent.mask,
                controls=guider.positive.controls,
                keeps_source=guider.positive.edits_image,
                plain=bench.plain,
            )
        )
        for index in range(latent.batch)
    )
    return replace(latent, pictures=pictures)


def _guider(inputs: Inputs) -> Guider:
    return Guider(inputs["model"], inputs["positive"], inputs["negative"], inputs["cfg"])


def _basic_guider(inputs: Inputs, _bench: Bench) -> Done:
    conditioning = inputs["conditioning"]
    return values(Guider(inputs["model"], conditioning, replace(conditioning, text=""), 1.0))


def _noise(inputs: Inputs, _bench: Bench) -> Done:
    return values(Noise(inputs["noise_seed"]))


def _select(inputs: Inputs, _bench: Bench) -> Done:
    return values(Sampler(inputs["sampler_name"]))


def _basic_scheduler(inputs: Inputs, _bench: Bench) -> Done:
    return values(Sigmas(_steps(inputs), inputs["scheduler"], inputs["denoise"]))


def _flux2_scheduler(inputs: Inputs, _bench: Bench) -> Done:
    return values(Sigmas(inputs["steps"], "flux2", 1.0))


def _steps(inputs: Inputs) -> int:
    """The steps that are run: all of them at any denoise but 0, none at 0."""
    steps: int = inputs["steps"]
    return steps if inputs["denoise"] > 0 else 0


def _advanced_steps(inputs: Inputs) -> int:
    start, end, steps = int(inputs["start_at_step"]), int(inputs["end_at_step"]), int(inputs["steps"])
    return max(min(end, steps) - start, 0)


def _work(profile: GpuProfile, guider: Guider, steps: int, latent: Latent) -> Work:
    family = family_of(guider.model.file_name, latent.family)
    seconds = profile.sampling_seconds(family, steps, latent.megapixels)
    return Work(seconds=seconds, steps=steps, model=(guider.model.file_name, family))


def _ksampler_work(inputs: Inputs, profile: GpuProfile) -> Work:
    return _work(profile, _guider(inputs), _steps(inputs), inputs["latent_image"])


def _advanced_work(inputs: Inputs, profile: GpuProfile) -> Work:
    return _work(profile, _guider(inputs), _advanced_steps(inputs), inputs["latent_image"])


def _custom_work(inputs: Inputs, profile: GpuProfile) -> Work:
    sigmas: Sigmas = inputs["sigmas"]
    guider = inputs["guider"] if "guider" in inputs else _guider(inputs)
    return _work(profile, guider, sigmas.steps, inputs["latent_image"])


SAMPLERS = {
    "KSampler": GraphNodeClass(_ksampler, _ksampler_work, heavy=True),
    "KSamplerAdvanced": GraphNodeClass(_ksampler_advanced, _advanced_work, heavy=True),
    "SamplerCustom": GraphNodeClass(_sampler_custom, _custom_work, heavy=True),
    "SamplerCustomAdvanced": GraphNodeClass(_sampler_custom_advanced, _custom_work, heavy=True),
}

CLASSES = SAMPLERS | {
    "BasicGuider": GraphNodeClass(_basic_guider),
    "RandomNoise": GraphNodeClass(_noise),
    "KSamplerSelect": GraphNodeClass(_select),
    "BasicScheduler": GraphNodeClass(_basic_scheduler),
    "Flux2Scheduler": GraphNodeClass(_flux2_scheduler),
}
