"""The graph-node classes that come with ComfyUI, to warn about others that may be misspelt.

The list is not complete (ComfyUI 0.33 has several hundred more for video, audio, 3D and paid services), and custom
classes are allowed: a class that is not listed gets a warning, never an error.
"""

from collections.abc import Iterator

from vibes.domain.errors import DocumentProblem
from vibes.text.near_names import near_name_hint
from vibes.workflows.definition.template import Template

_ALIKE = 0.8
"""Similarity, 0 to 1, from which a known name is suggested; classes less similar are taken for custom ones."""

_NAMES = """
    AddNoise AlignYourStepsScheduler APG BasicGuider BasicScheduler BetaSamplingScheduler Canny CFGGuider CFGNorm
    CFGZeroStar CheckpointLoader CheckpointLoaderSimple CheckpointSave ClipAttentionMultiply CLIPLoader
    CLIPMergeAdd CLIPMergeSimple CLIPMergeSubtract ClipProjApply CLIPSave CLIPSetLastLayer
    CLIPTextEncode CLIPTextEncodeControlnet CLIPTextEncodeFlux CLIPTextEncodeHiDream CLIPTextEncodeHunyuanDiT
    CLIPTextEncodeLumina2 CLIPTextEncodePixArtAlpha CLIPTextEncodeSD3 CLIPTextEncodeSDXL CLIPTextEncodeSDXLRefiner
    CLIPVisionEncode CLIPVisionLoader ConditioningAverage ConditioningCombine ConditioningConcat
    ConditioningSetArea ConditioningSetAreaPercentage ConditioningSetAreaStrength ConditioningSetDefaultCombine
    ConditioningSetMask ConditioningSetProperties ConditioningSetPropertiesAndCombine ConditioningSetTimestepRange
    ConditioningStableAudio ConditioningTimestepsRange ConditioningZeroOut ControlNetApply ControlNetApplyAdvanced
    ControlNetApplySD3 ControlNetInpaintingAliMamaApply ControlNetLoader CropMask DifferentialDiffusion
    DiffControlNetLoader DiffusersLoader DualCFGGuider DualCLIPLoader EmptyChromaRadianceLatentImage
    EmptyFlux2LatentImage EmptyHunyuanImageLatent EmptyHunyuanLatentVideo EmptyImage EmptyLatentImage
    EmptySD3LatentImage ExponentialScheduler FeatherMask FlipSigmas Flux2Scheduler FluxDisableGuidance FluxGuidance
    FluxKontextImageScale FluxKontextMaxImageSize FluxKontextMultiReferenceLatentMethod FreeU FreeU_V2
    GetImageSize GITSScheduler GLIGENLoader GLIGENTextboxApply GrowMask HyperTile HypernetworkLoader
    ImageAddNoise ImageBatch ImageBlend ImageBlur ImageColorToMask ImageCompositeMasked ImageCrop ImageFlip
    ImageFromBatch ImageInvert ImageOnlyCheckpointLoader ImageOnlyCheckpointSave ImagePadForOutpaint ImageQuantize
    ImageRotate ImageScale ImageScaleBy ImageScaleToMaxDimension ImageScaleToTotalPixels ImageSharpen ImageStitch
    ImageToMask ImageUpscaleWithModel InpaintModelConditioning InstructPixToPixConditioning InvertMask
    JoinImageWithAlpha KarrasScheduler KSampler KSamplerAdvanced KSamplerSelect LaplaceScheduler LatentAdd
    LatentApplyOperation LatentApplyOperationCFG LatentBatch LatentBatchSeedBehavior LatentBlend LatentComposite
    LatentCompositeMasked LatentCrop LatentFlip LatentFromBatch LatentInterpolate LatentMultiply
    LatentOperationSharpen LatentOperationTonemapReinhard LatentRotate LatentSubtract LatentUpscale LatentUpscaleBy
    Load3D LoadAudio LoadImage LoadImageMask LoadImageOutput LoadImageSetFromFolderNode LoadLatent LoadVideo
    LoraLoader LoraLoaderModelOnly LoraSave LotusConditioning MaskComposite MaskPreview MaskToImage
    ModelMergeAdd ModelMergeBlocks ModelMergeFlux1 ModelMergeQwenImage ModelMergeSD1 ModelMergeSD2 ModelMergeSDXL
    ModelMergeSimple ModelMergeSubtract ModelPatchLoader ModelSamplingAuraFlow ModelSamplingContinuousEDM
    ModelSamplingContinuousV ModelSamplingDiscrete ModelSamplingFlux ModelSamplingLTXV ModelSamplingSD3
    ModelSamplingStableCascade ModelSave Morphology OptimalStepsScheduler PatchModelAddDownscale PerpNeg
    PerpNegGuider PerturbedAttentionGuidance PhotoMakerEncode PhotoMakerLoader PolyexponentialScheduler
    PorterDuffImageComposite PreviewAny PreviewImage PrimitiveBoolean PrimitiveFloat PrimitiveInt PrimitiveString
    PrimitiveStringMultiline QuadrupleCLIPLoader QwenImageDiffsynthControlnet RandomNoise RebatchImages
    RebatchLatents ReferenceLatent RegexExtract RegexMatch RegexReplace RenormCFG RepeatImageBatch
    RepeatLatentBatch RescaleCFG ResizeAndPadImage SamplerCustom SamplerCustomAdvanced SamplerDPMAdaptative
    SamplerDPMPP_2M_SDE SamplerDPMPP_2S_Ancestral SamplerDPMPP_3M_SDE SamplerDPMPP_SDE SamplerER_SDE
    SamplerEulerAncestral SamplerEulerAncestralCFGPP SamplerEulerCFGpp SamplerLCMUpscale SamplerLMS SamplerSASolver
    SamplingPercentToSigma SaveAnimatedPNG SaveAnimatedWEBP SaveAudio SaveImage SaveImageWebsocket SaveLatent
    SaveSVGNode SaveVideo SaveWEBM SDTurboScheduler SelfAttentionGuidance SetFirstSigma SetLatentNoiseMask
    SetUnionControlNetType SkipLayerGuidanceDiT SkipLayerGuidanceDiTSimple SkipLayerGuidanceSD3 SolidMask
    SplitImageWithAlpha SplitSigmas SplitSigmasDenoise StableCascade_EmptyLatentImage
    StableCascade_StageB_Conditioning StableCascade_StageC_VAEEncode StableCascade_SuperResolutionControlnet
    StringCompare StringConcatenate StringContains StringLength StringReplace StringSubstring StringTrim
    StyleModelApply StyleModelLoader SVD_img2vid_Conditioning TextEncodeHunyuanVideo_ImageToVideo
    TextEncodeQwenImageEdit TextEncodeQwenImageEditPlus ThresholdMask TomePatchModel TorchCompileModel
    TripleCLIPLoader unCLIPCheckpointLoader unCLIPConditioning UNETLoader UNetCrossAttentionMultiply
    UNetSelfAttentionMultiply UNetTemporalAttentionMultiply UpscaleModelLoader VAEDecode VAEDecodeTiled VAEEncode
    VAEEncodeForInpaint VAEEncodeTiled VAELoader VAESave VideoLinearCFGGuidance VideoTriangleCFGGuidance
    VPScheduler WebcamCapture
"""

CORE_CLASSES = frozenset(_NAMES.split())


def class_warnings(template: Template) -> Iterator[DocumentProblem]:
    """One for each class that the list lacks, at its first graph node."""
    told: set[str] = set()
    for graph_node_id, graph_node in template.graph.items():
        name = graph_node["class_type"]
        if name not in CORE_CLASSES and name not in told:
            told.add(name)
            hint = near_name_hint(name, CORE_CLASSES, cutoff=_ALIKE)
            message = f"graph-node class {name!r} is not known to come with ComfyUI{hint or ': a custom one?'}"
            yield template.document.problem((graph_node_id, "class_type"), message)
