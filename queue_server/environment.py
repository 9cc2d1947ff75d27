"""Where this hall lives: what the variables `HALL_…` say of files, address and key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from queue_server.keyring import Keyring

ROOT = Path(__file__).parents[1]
"""The folder that holds `config/` and `var/` where no variable says otherwise."""


HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
"""A name, an IPv4 or an IPv6 address."""
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


HOSTS = "an address of this machine such as 127.0.0.1, or 0.0.0.0 for all of them"


class WrongVariable(ValueError):
    """A variable's value that can't be used, and what can."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables, read once; every program of the hall's machine sees the same files."""

    config: Path
    bridges: Path
    data: Path
    key_file: Path
    signing_keys: Path
    host: str
    port: int
    log: str
    sms_token: str
    """What the gateway for texts wants to see, for `{token}` in the config."""
    admin_password: str
    """For the first administrator, at the first start only; empty: a random one is made."""
    practice: bool = False
    """Whether this hall is for practising: consoles then lead a new clerk through every key."""

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Environment:
        """:raises WrongVariable: when a folder is a file, a port no port, or a level none of logging's."""
        data = Path(variables.get("HALL_DATA") or ROOT / "var").absolute()
        for folder in (data, *data.parents):
            if folder.exists() and not folder.is_dir():
                raise WrongVariable(f"HALL_DATA is a folder for the hall's data; {folder} is a file")
        config = Path(variables.get("HALL_CONFIG") or ROOT / "config" / "hall.toml").absolute()
        host = variables.get("HALL_HOST") or "127.0.0.1"
        if not HOST.fullmatch(host):
            raise WrongVariable(f"HALL_HOST is {HOSTS}; found {host!r}")
        port = variables.get("HALL_PORT") or "8080"
        if not (port.isdecimal() and int(port) < 65536):
            raise WrongVariable(f"HALL_PORT is a port from 0 to 65535; found {port!r}")
        log = (variables.get("HALL_LOG") or "INFO").upper()
        if log not in LEVELS:
            raise WrongVariable(f"HALL_LOG is one of {', '.join(LEVELS)}; found {log!r}")
        return cls(
            config=config,
            bridges=Path(variables.get("HALL_BRIDGES") or config.with_name("bridges.toml")).absolute(),
            data=data,
            key_file=Path(variables.get("HALL_KEY_FILE") or data / "hall.key").absolute(),
            signing_keys=Path(variables.get("HALL_SIGNING_KEYS") or data / "signing.keys").absolute(),
            host=host,
            port=int(port),
            log=log,
            sms_token=variables.get("HALL_SMS_TOKEN", ""),
            admin_password=variables.get("HALL_ADMIN_PASSWORD", ""),
            practice=bool(variables.get("HALL_PRACTICE")),
        )

    @property
    def database(self) -> Path:
        return self.data / "hall.db"

    @property
    def lock(self) -> Path:
        """A running server holds an flock on it."""
        return self.data / "hall.lock"

    @property
    def url(self) -> str:
        """The server's address for programs on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def make_folder(self) -> None:
        """:raises WrongVariable: when there is no folder for the data, and none can be made."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as trouble:
            raise WrongVariable(
                f"HALL_DATA: the folder {self.data} can't be made ({trouble.strerror}): "
                "make it for this user, or choose another"
            ) from None

    def keyring(self) -> Keyring:
        """:raises WrongVariable: when the key's file holds no key of ours."""
        try:
            return Keyring.at(self.key_file)
        except (OSError, ValueError) as trouble:
            raise WrongVariable(
                f"HALL_KEY_FILE: {self.key_file} holds no key of a hall ({told(trouble)}): "
                "put the right one back, or set HALL_KEY_FILE to where it is"
            ) from None


def told(trouble: Exception) -> str:
    """What went wrong, without Python's number and the file, which stand beside it."""
    return str(trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else trouble)
