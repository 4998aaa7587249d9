"""The web services this project speaks with, as real local servers for the tests and the demo."""

from .cardiogram import CardiogramSimulator
from .fitbit import FitbitSimulator
from .google import GoogleSimulator
from .influx import InfluxSimulator
from .person import Person, Recording
from .server import Fault
from .webhook import WebhookSimulator

__all__ = [
    "CardiogramSimulator",
    "Fault",
    "FitbitSimulator",
    "GoogleSimulator",
    "InfluxSimulator",
    "Person",
    "Recording",
    "WebhookSimulator",
]
