"""`python -m queue_server COMMAND`: serve, run, demo, and the operator's commands."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Hand over to the command's own module; the exit code."""
    command, rest = (arguments or [""])[0], arguments[1:]
    if command == "serve":
        # Before anything else is imported: sockets and locks must be gevent's from the start.
        from gevent import monkey

        monkey.patch_all()
        from queue_server import serve

        return serve.main(rest)
    if command == "run":
        from queue_server import run_hall

        return run_hall.main(rest)
    if command == "demo":
        from queue_server.demo import demo

        return demo.main(rest)
    from queue_server import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
