"""The Flask application: API, pages, and problems told as problems."""

from __future__ import annotations

import json
import logging
import sqlite3

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from queue_server.desk import Desk
from queue_server.problems import Problem
from queue_server.storage.store import StorageError
from queue_server.web import api, pages
from queue_server.web.identity import language_of
from queue_server.web.reply import BODY_BYTES
from queue_server.wire import API, Code

log = logging.getLogger(__name__)

HTTP_CODES = {
    400: (Code.INVALID, "not-json"),
    404: (Code.NOT_FOUND, ""),
    405: (Code.METHOD, ""),
    413: (Code.TOO_LARGE, ""),
    415: (Code.MEDIA_TYPE, ""),
}


def create_app(desk: Desk) -> Flask:
    """The hall's web application for a desk."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.register_blueprint(api.blueprint(desk), url_prefix=API)
    app.register_blueprint(api.health(desk))
    app.register_blueprint(pages.blueprint(desk))
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(StorageError, _unreadable)
    app.register_error_handler(sqlite3.Error, _unreadable)
    app.register_error_handler(Exception, _broken)
    return app


def _problem(problem: Problem) -> Response:
    body = json.dumps(problem.body(language_of(request)), ensure_ascii=False)
    response = Response(body, problem.status, mimetype="application/problem+json")
    response.headers["Content-Language"] = {"zh": "zh-CN"}.get(language_of(request), "en")
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    return response


def _http_problem(trouble: HTTPException) -> Response:
    if trouble.code is not None and trouble.code < 400:
        return Response(trouble.get_response().get_data(), trouble.code, trouble.get_headers())
    code, text = HTTP_CODES.get(trouble.code or 500, (Code.INTERNAL, ""))
    problem = Problem(code, text, limit=BODY_BYTES)
    response = _problem(problem)
    if code is Code.METHOD:
        response.headers["Allow"] = ", ".join(getattr(trouble, "valid_methods", None) or ())
    return response


def _unreadable(trouble: StorageError | sqlite3.Error) -> Response:
    log.error("%s can't be answered: %s", request.method, trouble)
    return _problem(Problem(Code.STORAGE, retry_after=5))


def _broken(trouble: Exception) -> Response:
    log.exception("%s %s broke", request.method, request.url_rule)
    return _problem(Problem(Code.INTERNAL))
