"""Re-render all photos after a change of the sizes: a long job with checkpoints."""
