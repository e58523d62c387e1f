"""USD, part by part: layers, meshes, materials."""
