"""Everything of one person as an archive with the pictures."""
