"""Tells what is wrong with METS files by the schema of the Library of Congress, which metsrw brings: python mets.py FILE…

That schema takes the attributes of XLink from the web; they are declared here.
"""

import importlib.util
import io
import json
import sys
from pathlib import Path

from lxml import etree

NAMES = ["role", "arcrole", "title", "show", "actuate", "label", "from", "to"]
LINKS = {
    "simpleLink": ["href", "role", "arcrole", "title", "show", "actuate"],
    "extendedLink": ["role", "title"],
    "locatorLink": ["href", "role", "title", "label"],
    "arcLink": ["arcrole", "title", "show", "actuate", "from", "to"],
}
GROUPS = "".join(
    f'<xsd:attributeGroup name="{link}">'
    + "".join(f'<xsd:attribute ref="xlink:{name}"/>' for name in names)
    + "</xsd:attributeGroup>"
    for link, names in LINKS.items()
)
XLINK = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xlink="http://www.w3.org/1999/xlink"
    targetNamespace="http://www.w3.org/1999/xlink">
  <xsd:attribute name="href" type="xsd:anyURI"/>
  {"".join(f'<xsd:attribute name="{name}" type="xsd:string"/>' for name in NAMES)}
  {GROUPS}
</xsd:schema>
"""


class Local(etree.Resolver):
    def resolve(self, url, public_id, context):
        if url.endswith("xlink.xsd"):
            return self.resolve_string(XLINK, context)
        return None


parser = etree.XMLParser(no_network=True)
parser.resolvers.add(Local())
mets = Path(importlib.util.find_spec("metsrw").origin).parent / "resources/mets.xsd"
schema = etree.XMLSchema(etree.parse(io.BytesIO(mets.read_bytes()), parser))


def faults(name):
    document = etree.parse(name)
    schema.validate(document)
    found = [f"line {fault.line}: {fault.message}" for fault in schema.error_log]
    # What the schema says of references, lxml does not look at.
    ids = [element.get("ID") for element in document.iter() if element.get("ID")]
    found += [f"{one} is the ID of several" for one in set(ids) if ids.count(one) > 1]
    places = ["FILEID", "DMDID", "{http://www.w3.org/1999/xlink}from", "{http://www.w3.org/1999/xlink}to"]
    named = [element.get(place) for element in document.iter() for place in places if element.get(place)]
    return found + [f"{one} is no ID" for one in named if one not in ids]


print(json.dumps([faults(name) for name in sys.argv[1:]]))
