"""Every field of Photo is kept in the entity and in the JSON, also one that is added later."""

from dataclasses import fields, replace
from datetime import UTC, datetime

from timeline.photos.model import Photo, Rendition, entity_of, from_json, photo_of, to_json

PHOTO = Photo(
    id="0123456789abcdef-ana",
    user="ana",
    caption="sea",
    created=datetime(2026, 11, 20, 9, 31, 0, 123456, tzinfo=UTC),
    status="failed",
    width=4032,
    height=3024,
    content_type="image/png",
    placeholder="YJqGPQw7",
    renditions=(Rendition(name="thumb", width=160, height=120, type="image/jpeg", digest="0f"),),
    failure="The image is cut off or damaged.",
    failure_code="image_broken",
    revision="7",
    digest="ab" * 32,
    index_key="03.0123456789abcdef-ana",
)


def test_the_example_sets_every_field_to_something_else_than_its_default() -> None:
    assert [field.name for field in fields(Photo) if getattr(PHOTO, field.name) == field.default] == []


def test_every_field_is_stored_in_the_entity() -> None:
    row = entity_of(PHOTO)

    stored = {*row.values, "user"}
    assert stored == {field.name for field in fields(Photo)}


def test_one_property_is_indexed() -> None:
    assert entity_of(PHOTO).indexed == {"index_key"}
    assert entity_of(replace(PHOTO, index_key="")).indexed == {"id"}


def test_a_photo_read_from_its_entity_is_the_same_in_every_field() -> None:
    found = photo_of(entity_of(PHOTO))

    assert [getattr(found, field.name) for field in fields(Photo)] == [
        getattr(PHOTO, field.name) for field in fields(Photo)
    ]


def test_a_row_of_an_older_release_gets_the_default_of_a_field_it_lacks() -> None:
    row = entity_of(PHOTO)
    del row.values["digest"]

    assert photo_of(row).digest == ""


def test_a_photo_read_from_its_json_is_the_same_without_its_digest() -> None:
    assert from_json(to_json(PHOTO)) == PHOTO
    assert from_json(to_json(PHOTO)).digest == ""
    assert not {"digest", "index_key"} & to_json(replace(PHOTO, caption="hills")).keys()
