"""The files that tests of the repository read."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "fitbit_cardiogram"
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text())
REPOSITORY = "https://github.com/fitbit-cardiogram/home-assistant-fitbit-cardiogram"
