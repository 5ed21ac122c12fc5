"""The result of rendering, kept apart from the decoders so that services can use it without loading them."""

from dataclasses import dataclass

from timeline.pictures.encoder import EncodedImage


@dataclass(frozen=True, slots=True)
class RenderedPhoto:
    """Everything made from one original; its own sides are as displayed, after the orientation is applied."""

    width: int
    height: int
    placeholder: bytes
    images: tuple[EncodedImage, ...]
