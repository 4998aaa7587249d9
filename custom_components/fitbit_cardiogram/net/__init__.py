"""HTTP: how requests are made, and where they may go."""
