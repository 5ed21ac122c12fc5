"""What Cloud Tasks says no with: a gRPC status and a sentence."""

import grpc


class Refusal(Exception):
    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, message)


def no_queue() -> Refusal:
    return Refusal(
        grpc.StatusCode.NOT_FOUND,
        "Queue does not exist. If you just created the queue, "
        "wait at least a minute for the queue to initialize.",
    )


def no_task() -> Refusal:
    return Refusal(grpc.StatusCode.NOT_FOUND, "The task no longer exists, or it never did.")


def already_exists(message: str) -> Refusal:
    return Refusal(grpc.StatusCode.ALREADY_EXISTS, message)
