"""Account deletion: erase everything a user stored, and account for it with a receipt."""
