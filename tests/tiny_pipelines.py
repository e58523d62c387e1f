"""Pipelines of diffusers with random weights and a few thousand numbers, as folders: real classes, nothing fetched."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLCogVideoX,
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    FlowMatchEulerDiscreteScheduler,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import T5Config, T5EncoderModel, T5TokenizerFast, UMT5Config, UMT5EncoderModel

from filmwright.ml.nets.mmdit import VideoTransformer
from filmwright.ml.nets.patch_pca import PatchPCA
from filmwright.ml.pipeline import VideoPipeline

WORDS = [
    "a",
    "red",
    "blue",
    "ball",
    "cube",
    "slides",
    "spins",
    "falls",
    "slowly",
    "golden",
    "bokeh",
    "drifts",
    "upward",
    "dark",
    "blurred",
]


def own(folder: Path) -> Path:
    """The project's own, as `filmwright train` writes it: 9 frames of 16x24 are its clips."""
    torch.manual_seed(0)
    transformer = VideoTransformer(token_channels=16, camera_channels=3, width=32, num_layers=2, num_heads=2)
    with torch.no_grad():
        for parameter in transformer.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    patches = PatchPCA(channels=16, frames=2, side=8).fit([torch.rand(60, 3, 3, 16, 24) * 2 - 1])
    pipe = VideoPipeline(transformer, patches, None, None, FlowMatchEulerDiscreteScheduler(shift=2.0))
    pipe.save_pretrained(folder)
    (folder / "training.json").write_text('{"num_frames": 9, "height": 16, "width": 24, "fps": "8"}')
    return folder


def tokenizer() -> T5TokenizerFast:
    """Knows the words above."""
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((f"▁{word}", -1.0) for word in WORDS)]
    whole = Tokenizer(models.Unigram(vocabulary, unk_id=2, byte_fallback=False))
    whole.pre_tokenizer = pre_tokenizers.Metaspace()
    return T5TokenizerFast(tokenizer_object=whole, extra_ids=0)


def text_encoder(kind: type = T5EncoderModel, config: type = T5Config):
    return kind(
        config(vocab_size=32, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0)
    ).eval()


def wan(folder: Path, *, both: bool = False) -> Path:
    """Wan; with `both` its weights follow text and image."""
    torch.manual_seed(0)
    vae = AutoencoderKLWan(
        base_dim=4, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=16,
        out_channels=16,
        text_dim=16,
        freq_dim=16,
        ffn_dim=16,
        num_layers=1,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
    )
    parts = {
        "vae": vae,
        "transformer": transformer,
        "scheduler": UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        "text_encoder": text_encoder(UMT5EncoderModel, UMT5Config),
        "tokenizer": tokenizer(),
    }
    WanPipeline(**parts, expand_timesteps=both).save_pretrained(folder)
    return folder


def ltx(folder: Path) -> Path:
    """LTX: the same weights for text, image and video."""
    torch.manual_seed(0)
    vae = AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        decoder_inject_noise=(False, False, False, False, False),
        upsample_residual=(False, False, False, False),
        upsample_factor=(1, 1, 1, 1),
        timestep_conditioning=False,
        patch_size=1,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    vae.use_framewise_encoding = vae.use_framewise_decoding = False
    transformer = LTXVideoTransformer3DModel(
        in_channels=8,
        out_channels=8,
        num_attention_heads=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        num_layers=1,
        caption_channels=16,
    )
    LTXPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=text_encoder(),
        tokenizer=tokenizer(),
        transformer=transformer,
    ).save_pretrained(folder)
    return folder


def cogvideox(folder: Path, *, image: bool = False, pairs: bool = False) -> Path:
    """CogVideoX: weights that follow text, or with `image` others that need one; 1.5 takes latent frames by `pairs`."""
    torch.manual_seed(0)
    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=8 if image else 4,
        out_channels=4,
        time_embed_dim=2,
        text_embed_dim=16,
        num_layers=1,
        sample_width=4 if pairs else 2,
        sample_height=4 if pairs else 2,
        sample_frames=9,
        patch_size=2,
        patch_size_t=2 if pairs else None,
        patch_bias=not pairs,
        temporal_compression_ratio=4,
        max_text_seq_length=16,
        use_rotary_positional_embeddings=True,
    )
    vae = AutoencoderKLCogVideoX(
        in_channels=3,
        out_channels=3,
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        temporal_compression_ratio=4,
    )
    kind = CogVideoXImageToVideoPipeline if image else CogVideoXPipeline
    kind(
        tokenizer=tokenizer(),
        text_encoder=text_encoder(),
        vae=vae,
        transformer=transformer,
        scheduler=CogVideoXDDIMScheduler(),
    ).save_pretrained(folder)
    return folder


def wan_of_both(folder: Path) -> Path:
    """Wan 2.2's TI2V."""
    return wan(folder, both=True)


def wan_of_images(folder: Path) -> Path:
    """Wan 2.1's image-to-video: its transformer needs the image's latents beside its own."""
    torch.manual_seed(0)
    wan(folder)
    pipe = WanPipeline.from_pretrained(folder)
    config = dict(pipe.transformer.config) | {"in_channels": 36}
    transformer = WanTransformer3DModel.from_config(config)
    parts = {name: part for name, part in pipe.components.items() if name not in ("transformer", "transformer_2")}
    WanImageToVideoPipeline(**parts, transformer=transformer, image_encoder=None, image_processor=None).save_pretrained(
        folder
    )
    return folder
