"""One module per image format: what the file's structure says, and the part of it that a decoder needs.

Each reads as tolerantly as browsers do. Everything that is not needed to decode the pixels (text, EXIF,
thumbnails, previews) is left out of the decoder's input, so that no fault in it can stop the decoder.
"""
