"""The operator's commands: tokens, backup and restore, check, reload, the catalogue."""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from queue_server.accounts import make_token, revoke_tokens
from queue_server.catalogue import check as catalogue_check
from queue_server.catalogue.apply import apply_import, try_import
from queue_server.catalogue.importing import plan_import, read_mapping
from queue_server.catalogue.sheet import UnreadableFile
from queue_server.environment import Environment, WrongVariable
from queue_server.self_fill.signed import Signer, rotate
from queue_server.settings.settings import ConfigErrors, Settings, catalogue_folder, load
from queue_server.storage import plain_numbers, upkeep
from queue_server.storage.store import open_database
from queue_server.wire import API, Kind, Role

RELOAD_SECONDS = 30.0
STDIN = Path("-")
SHIPPED_MAPPING = Path(__file__).parents[1] / "config" / "catalogue_import.toml"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Trouble(Exception):
    """Why a command was not carried out, in plain words."""


TROUBLES = (Trouble, ConfigErrors, UnreadableFile, upkeep.Unfit, ValueError, OSError, sqlite3.Error)


def main(argv: Sequence[str]) -> int:
    """Carry out one command; 0 when it did what it says. Troubles go to stderr in plain words."""
    asked = _parser().parse_args(argv)
    try:
        asked.carry_out(asked, Environment.read())
    except WrongVariable as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except TROUBLES as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run.sh", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    token = commands.add_parser("token", help="make or revoke a token")
    token.description = "Make a token, printed alone on the last line. Works while the hall runs."
    token.add_argument("kind", choices=[kind.value for kind in Kind], metavar="KIND", help=", ".join(Kind))
    token.add_argument(
        "id", type=_id, metavar="ID", help="the terminal's or program's id, or the window's number"
    )
    roles = [Role.CLERK.value, Role.MANAGER.value, Role.ADMIN.value]
    token.add_argument("--role", choices=roles, help="what an api token may do (clerk)")
    token.add_argument("--revoke", action="store_true", help="end all tokens of this kind and id")
    token.set_defaults(carry_out=_token)

    backup = commands.add_parser("backup", help="a consistent copy of the data, also while the hall runs")
    backup.description = "Copy the hall's data into a new file. The key for personal data is never in it."
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.set_defaults(carry_out=_backup)

    restore = commands.add_parser("restore", help="put a backup back, while the hall stands still")
    restore.description = "Check a backup and put it in the data's place; the old data are kept beside it."
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(carry_out=_restore)

    check = commands.add_parser("check", help="verify the data and the config")
    check.description = (
        "Look for mistakes in the config, faults in the data, and ID and phone numbers in plain words. "
        "Works while the hall runs."
    )
    check.add_argument(
        "--log",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a log to look through too; - is what is piped in",
    )
    check.set_defaults(carry_out=_check)

    reload = commands.add_parser("reload", help="the running hall reads its config again")
    reload.description = "Check the config, then let the running hall read it again: all of it or nothing."
    reload.set_defaults(carry_out=_reload)

    signing = commands.add_parser("signing-key", help="the keys that sign permits and papers")
    signing.description = "Show the public keys that check what this hall has signed, the newest last."
    signing.add_argument("--rotate", action="store_true", help="sign with a new key from now on")
    signing.set_defaults(carry_out=_signing_key)

    catalogue = commands.add_parser("catalogue", help="import and check the handling items")
    catalogue.description = "The handling items: check the files, or take over a province's export."
    does = catalogue.add_subparsers(metavar="WHAT", required=True)
    _add_catalogue(does)
    return parser


def _add_catalogue(does: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = does.add_parser("check", help="prove counts, references, groups and flags")
    check.set_defaults(carry_out=_catalogue_check)
    take = does.add_parser("import", help="show what an export (.xlsx, .csv) would change, or apply it")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument(
        "--mapping", type=Path, help="which column is what (catalogue_import.toml beside hall.toml)"
    )
    take.add_argument("--apply", action="store_true", help="make the changes, all of them or none")
    take.set_defaults(carry_out=_catalogue_import)


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise argparse.ArgumentTypeError(f"up to 64 letters, digits, - and _; found {text!r}")
    return text


def _token(asked: argparse.Namespace, env: Environment) -> None:
    kind = Kind(asked.kind)
    role = Role(asked.role) if asked.role else None
    env.make_folder()
    env.keyring()  # where the hall never ran, its data begin here, and they never stand without their key
    with closing(_opened(env)) as db:
        if asked.revoke:
            count = revoke_tokens(db, kind, asked.id)
            print(f"{kind} {asked.id}: {count} token{'' if count == 1 else 's'} revoked")
            return
        token = make_token(db, kind, asked.id, role, time.time())
    print(f"a new token for {kind} {asked.id}; earlier ones work until they are revoked:")
    print(token)


def _opened(env: Environment) -> sqlite3.Connection:
    try:
        return open_database(env.database)
    except sqlite3.DatabaseError as trouble:
        raise Trouble(f"{env.database} can't be read as a hall's data: {trouble}") from trouble


def _backup(asked: argparse.Namespace, env: Environment) -> None:
    upkeep.backup(env.database, asked.file)
    print(f"the hall's data are in {asked.file}")
    print(f"the key is not: keep a copy of {env.key_file} elsewhere, for without it a backup is of no use")


def _restore(asked: argparse.Namespace, env: Environment) -> None:
    kept = upkeep.restore(env.database, env.lock, asked.file, time.strftime("%Y%m%d-%H%M%S"))
    print(f"{asked.file} is in place; start the hall")
    if kept:
        print(f"the data before it are kept as {kept}")
    print("accounts, passwords and tokens are those of the backup, revoked ones of later too")


def _check(asked: argparse.Namespace, env: Environment) -> None:
    found = _mistakes(env)
    print(f"config {env.config}: " + (_count(found, "mistake") if found else "in order"))
    if env.database.exists():
        faults = upkeep.faults(env.database)
        with suppress(sqlite3.DatabaseError):  # a damaged file; that has been told above
            faults += plain_numbers.in_database(env.database, date.today())
        if not env.key_file.exists():
            faults.append(f"the key {env.key_file} is missing: put it back before the hall starts")
        print(f"data {env.database}: " + (_count(faults, "fault") if faults else "in order"))
        found += faults
    else:
        print(f"data {env.database}: none yet")
    found += _key_faults(env)
    found += _check_logs([*sorted(env.data.glob("*.log*")), *asked.log])
    if found:
        raise Trouble("\n".join(found))


def _key_faults(env: Environment) -> list[str]:
    """A file that is no key; where there is none, looking for faults makes none."""
    try:
        if env.key_file.exists():
            env.keyring()
    except WrongVariable as wrong:
        return [str(wrong)]
    return []


def _check_logs(logs: list[Path]) -> list[str]:
    """Whether anybody's numbers stand in what was logged."""
    found: list[str] = []
    for log in logs:
        lines = sys.stdin if log == STDIN else log.read_text("utf-8", "replace").splitlines()
        faults = plain_numbers.in_log(str(log), lines, date.today())
        print(f"log {log}: " + (_count(faults, "fault") if faults else "in order"))
        found += faults
    return found


def _reload(asked: argparse.Namespace, env: Environment) -> None:
    if found := _mistakes(env):
        raise Trouble("\n".join([f"{_count(found, 'mistake')}; the hall stays as it is:", *found]))
    if not env.key_file.exists():
        raise Trouble(f"no hall has run with {env.data}; it reads its config when it starts")
    token = env.keyring().operator_token()
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    request = urllib.request.Request(f"{env.url}{API}/reload", method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=RELOAD_SECONDS):
            print("the hall works by the new config")
    except urllib.error.HTTPError as refusal:
        raise Trouble(_detail(refusal)) from refusal
    except urllib.error.URLError as trouble:
        raise Trouble(f"no hall answers at {env.url} ({trouble.reason}); is it running?") from trouble


def _signing_key(asked: argparse.Namespace, env: Environment) -> None:
    signer = Signer.at(env.signing_keys)
    if asked.rotate:
        id = rotate(env.signing_keys)
        signer = Signer.at(env.signing_keys)
        print(f"{id} signs from now on; a running hall takes it over with ./run.sh reload")
        print(f"keep a copy of {env.signing_keys}: without it nothing that was signed can be checked")
    for id, key in signer.public_keys().items():
        print(f"{id} {key}")


def _catalogue_check(asked: argparse.Namespace, env: Environment) -> None:
    catalogue = load(env.config, bridges=env.bridges).catalogue
    for name, count in catalogue_check.counts(catalogue).items():
        print(f"{name.replace('_', ' '):<16} {count}")
    if found := catalogue_check.faults(catalogue):
        raise Trouble("\n".join([_count(found, "fault"), *found]))
    print("in order")


def _catalogue_import(asked: argparse.Namespace, env: Environment) -> None:
    settings, folder = load(env.config, bridges=env.bridges), catalogue_folder(env.config)
    own = env.config.with_name(SHIPPED_MAPPING.name)
    mapping = read_mapping(asked.mapping or (own if own.exists() else SHIPPED_MAPPING))
    plan = plan_import(folder, settings.catalogue, asked.file, mapping)
    if plan.bad:
        told = [
            f"{_count([str(one) for one in plan.bad], 'bad cell')}; nothing was changed:",
            *(str(one) for one in plan.bad),
        ]
        raise Trouble("\n".join(told))
    for change in plan.changes:
        print(change)
    counted = ", ".join(f"{len(plan.of(kind))} {kind}" for kind in ("added", "changed", "gone"))
    print(f"{counted}, {plan.unchanged} as before")
    if not plan.changes:
        return

    def prove(new: Path) -> Settings:
        return load(env.config, new, env.bridges)

    if found := catalogue_check.newly_faulty(settings.catalogue, try_import(plan, folder, prove).catalogue):
        print("\n".join(["what would no longer add up (./run.sh catalogue check):", *found]))
    if not asked.apply:
        print("nothing was changed yet: the same with --apply does it")
        return
    stamp = time.strftime("%Y%m%d-%H%M%S")
    kept = apply_import(plan, folder, prove, stamp)
    print(f"done; the files before are kept as {kept}; a running hall takes it over with ./run.sh reload")


def _mistakes(env: Environment) -> list[str]:
    try:
        load(env.config, bridges=env.bridges)
    except ConfigErrors as errors:
        return [str(mistake) for mistake in errors.mistakes]
    return []


def _count(found: list[str], word: str) -> str:
    return f"{len(found)} {word}{'' if len(found) == 1 else 's'}"


def _detail(refusal: urllib.error.HTTPError) -> str:
    """What the server's problem says."""
    try:
        problem = json.load(refusal)
        return str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        return f"{refusal.url} answered {refusal.code}"
