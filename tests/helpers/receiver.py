"""Troubles of a receiver: those that wait for a person, and those that pass."""

from tests.simulators import Fault

UNKNOWN_USER = '{"message": "User does not exist."}'
WAITS_FOR_A_PERSON = {
    "401": (Fault("POST", 401), "token_refused"),
    "403": (Fault("POST", 403), "user_mismatch"),
    "no such user": (Fault("POST", 400, UNKNOWN_USER), "user_mismatch"),
    "404": (Fault("POST", 404), "wrong_address"),
    "302": (Fault("POST", 302), "wrong_address"),
    "a page": (Fault("POST", 200, "<html>"), "unexpected_answer"),
    "no success": (Fault("POST", 200, '{"success": false}'), "unexpected_answer"),
    "all refused": (Fault("POST", 400, times=-1), "beats_refused"),
}


PASSES = {
    "no answer": (Fault("POST", kind="reset_before", times=-1), "no_answer"),
    "429": (Fault("POST", 429, times=-1), "rate_limited"),
    "503": (Fault("POST", 503, times=-1), "server_error"),
}
