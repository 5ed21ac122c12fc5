"""Photos: the model, and creating, reading, editing and deleting them."""
