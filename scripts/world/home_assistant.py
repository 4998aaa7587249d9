"""A real Home Assistant for one config folder, as `python -m homeassistant` starts it, fit for any machine.

It listens on 127.0.0.1 only, leaves out voice and cameras (they want a C++ compiler and native libraries) and
the marketplace (it wants the internet), and stops when its standard input closes: it never outlives the demo.
"""

import argparse
import json
import os
from pathlib import Path
import signal
import sys
import threading
from types import ModuleType

from homeassistant import bootstrap, core, runner

from scripts.world.stored import write_store

LEFT_OUT = {"assist_satellite", "camera", "image_processing", "marketplace", "tts"}
NATIVE = {"pymicro_vad": "MicroVad", "pyspeex_noise": "AudioProcessor", "turbojpeg": "TurboJPEG"}


def listen_locally(config: Path, port: int) -> None:
    """Store the address to listen at; Home Assistant holds it there once it runs.

    As `http:` in YAML it would be on trial, and taken back with a restart after five minutes.
    """
    if not (config / ".storage" / "http").exists():
        write_store(config, "http", {"server_host": ["127.0.0.1"], "server_port": port})


def hand_in_endpoints(addresses: dict[str, str]) -> None:
    """Point the integration at other addresses than the vendors' own, before anything is set up."""
    from custom_components.fitbit_cardiogram.const import DATA_ENDPOINTS, Endpoints  # noqa: PLC0415

    class HomeAssistant(core.HomeAssistant):
        """Home Assistant that holds the addresses from its first moment."""

        def __init__(self, config_dir: str) -> None:
            super().__init__(config_dir)
            self.data[DATA_ENDPOINTS] = Endpoints(**addresses)

    core.HomeAssistant = HomeAssistant  # type: ignore[misc]


def leave_out_native() -> None:
    """Keep those parts from loading; an empty class stands in for each import of theirs."""
    bootstrap.DEFAULT_INTEGRATIONS.difference_update(LEFT_OUT)
    for module, name in NATIVE.items():
        sys.modules[module] = ModuleType(module)
        setattr(sys.modules[module], name, object)


def stop_with_parent() -> None:
    """Stop at the end of standard input: the process at its other end is gone."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--endpoints", type=json.loads, help="other addresses than the vendors' own")
    parser.add_argument("--attached", action="store_true", help="stop when standard input closes")
    options = parser.parse_args()

    listen_locally(options.config, options.port)
    leave_out_native()
    if options.endpoints:
        hand_in_endpoints(options.endpoints)
    if options.attached:
        threading.Thread(target=stop_with_parent, daemon=True).start()
    config_dir = str(options.config.resolve())
    with runner.ensure_single_execution(config_dir) as lock:
        if lock.exit_code is not None:
            return lock.exit_code
        return runner.run(runner.RuntimeConfig(config_dir=config_dir))


if __name__ == "__main__":
    sys.exit(main())
