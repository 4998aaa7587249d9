"""The repository: its documentation, its metadata and its shape."""
