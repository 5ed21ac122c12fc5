"""The files made from one original."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """One rendition as a file; `digest` identifies its content."""

    name: str
    width: int
    height: int
    type: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class RenderedPhoto:
    """Everything made from one original; its own sides are as seen, after the orientation in EXIF."""

    width: int
    height: int
    placeholder: bytes
    images: tuple[EncodedImage, ...]
