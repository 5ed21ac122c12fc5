"""Image files: header inspection, sandboxed decoding, renditions and placeholders."""
