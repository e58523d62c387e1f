"""Networks, one file each: plain PyTorch on tokens and pictures, saved as diffusers saves them.

Shapes: B batch, F frames, T groups of frames, C channels, H W pixels, h w patches, L tokens, S tokens of text, D width.
"""
