"""A spread-spectrum watermark: the mathematics behind `marks/tiled`."""
