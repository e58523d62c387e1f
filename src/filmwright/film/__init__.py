"""The story: scene, shots, frames, video, asset. The rooms meet only through core's nouns."""
