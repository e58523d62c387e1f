"""The door for machines: a Videos-API-shaped service over HTTP. It parses, places orders, and tells of them."""
