"""A realistic example of each model, shown in the OpenAPI document and checked by a test."""

from typing import Any

Example = dict[str, Any]

PHOTO_ID = "vvuhl8p4m2c1ka7d-ana"
RENDITION: Example = {
    "name": "thumb",
    "width": 160,
    "height": 120,
    "type": "image/jpeg",
    "url": f"/image/{PHOTO_ID}/thumb-9b2f0c4d1e6a7b83.jpg",
}
PHOTO: Example = {
    "id": PHOTO_ID,
    "user": "ana",
    "caption": "sea",
    "created": "2026-11-20T09:31:00.123456Z",
    "status": "ready",
    "width": 4032,
    "height": 3024,
    "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    "image_url": f"/image/{PHOTO_ID}/",
    "renditions": [RENDITION],
    "failure_code": None,
}
ACCOUNT: Example = {
    "user": "ana",
    "display_name": "Ana",
    "email": "ana@example.com",
    "summary": "weekly",
    "timezone": "Europe/Vienna",
}
RECEIPT_ID = "Y1in83YRkni71GAcUk8MOg0ydE9X18sc"
SESSION_ID = "vvuhl8p4m2c1ka7d"
DELETION: Example = {
    "id": RECEIPT_ID,
    "state": "erased",
    "asked": "2026-11-20T09:31:00.123456Z",
    "finished": "2026-11-20T09:31:02.654321Z",
    "expires": "2026-12-20T09:31:00.123456Z",
    "erased": 4,
    "total": 4,
    "removed": [
        {"what": "User", "count": 1, "size": 0},
        {"what": "Photo", "count": 1, "size": 0},
        {"what": "originals", "count": 1, "size": 2_415_919},
        {"what": "renditions", "count": 1, "size": 8_214},
    ],
}
EXPORT: Example = {
    "id": "vvuhl8p4m2c1kb2f",
    "state": "ready",
    "asked": "2026-11-20T09:31:00.123456Z",
    "expires": "2026-11-27T09:31:04.654321Z",
    "done": 120,
    "total": 120,
    "size": 289_910_344,
    "url": "https://storage.googleapis.com/photo-timeline.appspot.com/exports/ana/a.zip?X-Goog-Signature=0f",
}
SESSION: Example = {
    "id": SESSION_ID,
    "device": "Firefox on Linux",
    "opened": "2026-11-20T09:31:00.123456Z",
}
UPLOAD_ID = "vvuhl8p4m2c1k9s0-ana"
PENDING_UPLOAD: Example = {
    "id": UPLOAD_ID,
    "state": "waiting",
    "content_type": "image/jpeg",
    "size": 31_457_280,
    "created": "2026-11-20T09:31:00.123456Z",
    "expires": "2026-11-23T09:31:00.123456Z",
    "upload_url": "https://storage.googleapis.com/upload/storage/v1/b/photo-timeline.appspot.com/o"
    "?uploadType=resumable&upload_id=AHVrFxN9",
    "photo_id": None,
}
EXAMPLES: dict[str, Example] = {
    "AccountChange": {"summary": "weekly", "timezone": "Europe/Vienna"},
    "AccountView": ACCOUNT,
    "ApiView": {
        "service": "api-backend",
        "version": "20261120t093100",
        "docs": "/api/docs",
        "issuer": "https://accounts.google.com",
        "client_id": "123456789012-abc.apps.googleusercontent.com",
    },
    "CaptionChange": {"caption": "the sea at noon"},
    "DeletionView": DELETION,
    "ExportView": EXPORT,
    "MonthList": {"results": [{"month": "2026-11", "cursor": "InZ2dWhsOHA0bTJjMWthN2QtYW5hIg.Jx3sVfQm0Kc"}]},
    "NewUpload": {"content_type": "image/jpeg", "size": 31_457_280},
    "NewestView": {"ids": [PHOTO_ID]},
    "PhotoOfUpload": {"upload_id": UPLOAD_ID, "caption": "sea"},
    "PhotoPage": {"results": [PHOTO], "next_cursor": "InZ2dWhsOHA0bTJjMWthN2QtYW5hIg.Jx3sVfQm0Kc"},
    "PhotoView": PHOTO,
    "SessionList": {"results": [SESSION]},
    "SyncView": {
        "changed": [PHOTO],
        "deleted": ["vvuhl8p4m2c1ka80-ana"],
        "next": "IjEyLjkuMTEuMTAi.Jx3sVfQm0Kc",
        "has_more": False,
    },
    "UploadView": PENDING_UPLOAD,
    "UserView": {"user": "ana", "display_name": "Ana", "created": "2026-11-01T08:00:00.000000Z"},
}
PATHS = {
    "photo_id": ("The ID of a photo.", PHOTO_ID),
    "receipt_id": (
        "The ID of a receipt, from the Location header of the deletion.",
        RECEIPT_ID,
    ),
    "session_id": ("The ID of a session from the list of sessions.", SESSION_ID),
    "upload_id": ("The ID of an upload.", UPLOAD_ID),
    "user": ("The handle of a user.", "ana"),
}
"""The description and an example of each path parameter."""
