"""HTTP: bounded requests, and the addresses that they may go to."""
