"""Stanford PLY, part by part: header, tables, meshes."""
