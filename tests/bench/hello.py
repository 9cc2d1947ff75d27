"""A bare Flask on the hall's kind of server: what HTTP itself costs here."""

from __future__ import annotations

import socket
import sys

from flask import Flask
from gevent.pywsgi import WSGIServer

app = Flask(__name__)


@app.get("/")
def hello() -> dict[str, str]:
    return {"hello": "hall"}


if __name__ == "__main__":
    server = WSGIServer(("127.0.0.1", int(sys.argv[1])), app, log=None)
    server.init_socket()
    # Accepted sockets inherit it; else every keep-alive answer waits 40 ms for a delayed ACK.
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server.serve_forever()
