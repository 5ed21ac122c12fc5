"""The commands of `gaelocal`; each module has `add_arguments` and `run`."""
