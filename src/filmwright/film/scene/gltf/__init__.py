"""glTF 2.0, part by part: document, buffers, accessors, materials, primitives, tree, animation, skins."""
