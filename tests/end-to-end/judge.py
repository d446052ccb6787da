"""Reads IIIF documents strictly, and tells of each what is wrong with it: python judge.py FILE…

iiif-prezi3 is generated from the schema of Presentation 3; tripoli judges manifests of version 2.1, and knows no
collections.
"""

import json
import logging
import sys

from iiif_prezi3 import Collection, Manifest
from pydantic import ValidationError
from tripoli import IIIFValidator


def faults(document):
    if document.get("@type") == "sc:Collection":
        return []
    if "@id" in document:
        validator = IIIFValidator()
        validator.validate(document)
        return [str(error) for error in validator.errors]
    kind = {"Manifest": Manifest, "Collection": Collection}[document["type"]]
    try:
        kind(**document)
    except ValidationError as error:
        return [f"{fault['loc']}: {fault['msg']}" for fault in error.errors()]
    return []


logging.disable(logging.CRITICAL)
documents = [json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]
print(json.dumps([faults(document) for document in documents]))
