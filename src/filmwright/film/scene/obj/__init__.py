"""Wavefront OBJ, part by part: statements, corners to vertices, materials."""
