"""The HTTP protocol: JSON API, XML API, uploads, downloads and batches."""
