"""Use the API with the generated Python client: post a photo, read it, and list the timeline."""

import json
import sys
from io import BytesIO
from pathlib import Path

from photo_timeline_client import AuthenticatedClient
from photo_timeline_client.api.photos import list_photos, post_photo, read_photo
from photo_timeline_client.api.users import read_user
from photo_timeline_client.models import PhotoPage, PhotoView, PostPhotoFilesBody
from photo_timeline_client.types import File

address, token, file = sys.argv[1:]

with AuthenticatedClient(base_url=address, token=token) as client:
    image = File(BytesIO(Path(file).read_bytes()), "photo.jpg", "image/jpeg")
    posted = post_photo.sync(client=client, body=PostPhotoFilesBody(image=image, caption="sea"))
    assert isinstance(posted, PhotoView), posted
    read = read_photo.sync(posted.id, client=client)
    page = list_photos.sync(client=client, limit=5)
    missing = read_user.sync("nobody", client=client)

assert isinstance(read, PhotoView)
assert read.caption == "sea"
assert isinstance(page, PhotoPage)
assert posted.id in [photo.id for photo in page.results]
assert missing is not None
assert missing.to_dict()["code"] == "not_found"
print(f"Python client: posted and read {json.dumps(posted.id)}")
