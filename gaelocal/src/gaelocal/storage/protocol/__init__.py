"""What goes over the wire: the JSON API, uploads, downloads, batches, and the paths of the XML API."""
