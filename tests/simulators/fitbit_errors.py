"""Fitbit's shape of an error."""

from aiohttp import web

ADVICE = (
    "Visit https://dev.fitbit.com/docs/oauth2 for more information on the Fitbit Web API "
    "authorization process."
)


class RefusalError(Exception):
    """An answer other than success; the field is the argument that is wrong."""

    def __init__(self, status: int, error_type: str, message: str, field: str | None = None) -> None:
        """Keep the status and the words of the answer."""
        super().__init__(message)
        self.status = status
        self.error = {
            "errorType": error_type,
            **({"fieldName": field} if field else {}),
            "message": message,
        }

    def response(self) -> web.Response:
        """Return the answer."""
        return web.json_response({"errors": [self.error], "success": False}, status=self.status)
