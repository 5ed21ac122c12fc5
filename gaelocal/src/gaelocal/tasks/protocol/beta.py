"""`google.cloud.tasks.v2beta3`: the same methods with messages of other field numbers.

Fields are copied by name. A queue of v2beta3 keeps its App Engine routing one level deeper, has a type, and
can name how long tasks and their names live. A task can be a pull message, which gaelocal refuses.
"""

import inspect
from typing import Any

from google.protobuf import empty_pb2, field_mask_pb2

from gaelocal.google_api.errors import unimplemented
from gaelocal.google_api.methods import Handler
from gaelocal.protobuf import tasks_pb2, tasks_v2beta3_pb2

ROUTING = "app_engine_routing_override"
WITHOUT_EFFECT = ("task_ttl", "tombstone_ttl", "type", "type_", "stats")
"""Fields that gcloud sends for every queue. Nothing acts on them."""


def beta_handler(name: str, handler: Handler) -> Handler:
    async def answer(request: Any) -> Any:
        plain = getattr(tasks_pb2, f"{name}Request")()
        to_v2(request, plain)
        result = handler(plain)
        return to_beta(await result if inspect.isawaitable(result) else result)

    return answer


def to_v2(source: Any, target: Any) -> None:
    """Copy a message of v2beta3 into its counterpart.

    Raises:
        ApiError: it is a pull task.
    """
    for field, value in source.ListFields():
        if field.name == "pull_message":
            raise unimplemented("Pull tasks exist only in v2beta2; gaelocal has push queues.")
        if field.name == "app_engine_http_queue":
            to_v2(value.app_engine_routing_override, target.app_engine_routing_override)
        elif field.name == "update_mask":
            target.update_mask.CopyFrom(_plain_mask(value))
        elif field.name in target.DESCRIPTOR.fields_by_name:
            _copy(field, value, target, to_v2)


def to_beta(source: Any) -> Any:
    """Return the counterpart of a message of v2; messages of other APIs stay what they are."""
    kind = getattr(tasks_v2beta3_pb2, source.DESCRIPTOR.name, None)
    if kind is None or isinstance(source, empty_pb2.Empty):
        return source
    target = kind()
    _into_beta(source, target)
    return target


def _into_beta(source: Any, target: Any) -> None:
    for field, value in source.ListFields():
        if field.name == ROUTING:
            _into_beta(value, target.app_engine_http_queue.app_engine_routing_override)
        elif field.name in target.DESCRIPTOR.fields_by_name:
            _copy(field, value, target, _into_beta)
    if target.DESCRIPTOR.name == "Queue":
        target.type_ = tasks_v2beta3_pb2.Queue.Type.PUSH


def _copy(field: Any, value: Any, target: Any, convert: Any) -> None:
    if field.message_type is None:
        if field.is_repeated:
            getattr(target, field.name).extend(value)
        else:
            setattr(target, field.name, value)
    elif field.message_type.GetOptions().map_entry:
        _copy_map(field, value, getattr(target, field.name))
    elif field.is_repeated:
        for each in value:
            convert(each, getattr(target, field.name).add())
    elif type(value) is type(getattr(target, field.name)):
        getattr(target, field.name).CopyFrom(value)
    else:
        getattr(target, field.name).SetInParent()
        convert(value, getattr(target, field.name))


def _copy_map(field: Any, value: Any, target: Any) -> None:
    is_message = field.message_type.fields_by_name["value"].message_type is not None
    for key, each in value.items():
        if is_message:
            target[key].CopyFrom(each)
        else:
            target[key] = each


def _plain_mask(mask: Any) -> Any:
    paths = [path.removeprefix("app_engine_http_queue.") for path in mask.paths]
    named = [ROUTING if path == "app_engine_http_queue" else path for path in paths]
    effective = [path for path in named if path not in WITHOUT_EFFECT]
    # An empty mask would mean every field; the name is never changed.
    return field_mask_pb2.FieldMask(paths=effective or (["name"] if named else []))
