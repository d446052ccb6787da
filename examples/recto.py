"""What the examples share: a call to the API, and a IIIF address read. Python's standard library is all they need."""

import base64
import json
import os
import urllib.error
import urllib.request

API = os.environ.get("RECTO_API", "http://127.0.0.1:8080").rstrip("/")
CUSTOMER = os.environ.get("RECTO_CUSTOMER", "1")
KEY = os.environ.get("RECTO_KEY", "")  # key:secret


class Refused(Exception):
    """An answer that says no: its status, and the sentence that says why."""

    def __init__(self, status, detail):
        super().__init__(f"{status}: {detail}")
        self.status = status


def ask(method, path, body=None):
    """Asks the API; a path without a host is one of the customer's. Returns what the answer says."""
    url = path if "://" in path else f"{API}/customers/{CUSTOMER}/{path}"
    headers = {
        "Authorization": "Basic " + base64.b64encode(KEY.encode()).decode(),
        "Content-Type": "application/json",
    }
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(error.code, json.load(error)["detail"]) from error


def ensure_named_query(name, template):
    """Makes the query that turns an address into a manifest, unless it is there."""
    try:
        ask("POST", "namedQueries", {"name": name, "template": template})
    except Refused as refused:
        if refused.status != 409:
            raise


def read_manifest(*arguments):
    """The manifest at a public address, and the address."""
    path = "/".join(urllib.request.quote(str(argument), safe="") for argument in arguments)
    url = f"{API}/iiif-resource/{CUSTOMER}/{path}"
    with urllib.request.urlopen(url) as answer:
        return url, json.load(answer)
