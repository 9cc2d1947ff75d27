"""A bare Flask on the hall's kind of server: what HTTP itself costs here."""

from __future__ import annotations

import sys

from flask import Flask
from gevent import socket
from gevent.pywsgi import WSGIServer

app = Flask(__name__)


@app.get("/")
def hello() -> dict[str, str]:
    return {"hello": "hall"}


if __name__ == "__main__":
    listener = socket.socket()
    # Accepted sockets inherit it; else every keep-alive answer waits 40 ms for a delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen(512)
    WSGIServer(listener, app, log=None).serve_forever()
