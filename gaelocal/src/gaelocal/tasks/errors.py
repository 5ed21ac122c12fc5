"""The errors of Cloud Tasks, with its own messages."""

from gaelocal.google_api.errors import ApiError, already_exists, failed_precondition, not_found


def no_queue() -> ApiError:
    return not_found(
        "Queue does not exist. If you just created the queue, "
        "wait at least a minute for the queue to initialize."
    )


def no_task() -> ApiError:
    return not_found(
        "The task no longer exists, though a task with this name existed recently, or it never did."
    )


def queue_exists() -> ApiError:
    return already_exists("Queue already exists.")


def task_exists() -> ApiError:
    return already_exists("The task cannot be created because a task with this name existed too recently.")


def queue_existed() -> ApiError:
    return failed_precondition(
        "The queue cannot be created because a queue with this name existed too recently."
    )
