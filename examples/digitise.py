"""The workflow of a digitisation programme: a METS file becomes batches, batches make progress, and the book is a manifest.

    python3 examples/digitise.py book.xml --space 5 --origins https://scans.example.org/b123/

Says what it does as it goes, and ends with the address of the manifest; with 1 if pages failed.
"""

import argparse
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

from recto import ask, ensure_named_query, read_manifest

METS = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
BATCH = 100


def pages_of(mets, space, origins):
    """One asset for each page, in the order of the physical structure."""
    root = ElementTree.parse(mets).getroot()
    files = {file.get("ID"): file for file in root.iter(METS + "file")}
    pages = []
    for division in root.find(f"{METS}structMap[@TYPE='PHYSICAL']").iter(METS + "div"):
        pointer = division.find(METS + "fptr")
        if pointer is None:
            continue  # the book itself
        file = files[pointer.get("FILEID")]
        origin = urllib.parse.urljoin(origins, file.find(METS + "FLocat").get(HREF))
        pages.append({
            "id": urllib.parse.unquote(origin.rsplit("/", 1)[-1]),
            "space": space,
            "origin": origin,
            "mediaType": file.get("MIMETYPE"),
            "string1": root.get("OBJID"),
            "string2": division.get("ORDERLABEL", ""),
            "number2": len(pages) + 1,
        })
    return pages


def register(pages):
    """All or none of a batch; returns the batches' addresses."""
    batches = []
    for start in range(0, len(pages), BATCH):
        members = pages[start:start + BATCH]
        batch = ask("POST", "queue", {"@type": "Collection", "member": members})
        print(f"batch {batch['@id']}: {batch['count']} pages")
        batches.append(batch["@id"])
    return batches


def wait_for(batches):
    """Tells of progress until nothing waits; returns how many pages failed."""
    failed, told = 0, None
    while batches:
        states = [ask("GET", batch) for batch in batches]
        done = sum(state["completed"] + state["errors"] for state in states)
        count = sum(state["count"] for state in states)
        if told != (done, count):
            print(f"{done} of {count} pages are in")
            told = (done, count)
        for state in [state for state in states if "finished" in state]:
            batches.remove(state["@id"])
            if state["errors"]:
                failed += state["errors"]
                for page in ask("GET", state["@id"] + "/errors")["member"]:
                    print(f"{page['id']}: {page['error']}", file=sys.stderr)
        if batches:
            time.sleep(1)
    return failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("mets")
    arguments.add_argument("--space", type=int, required=True)
    arguments.add_argument("--origins", required=True, help="what file names are relative to")
    given = arguments.parse_args()

    pages = pages_of(given.mets, given.space, given.origins)
    failed = wait_for(register(pages))
    ensure_named_query("volume", "assetOrder=n2&s1=p1&space=p2")
    url, manifest = read_manifest("volume", pages[0]["string1"], given.space)
    print(f"{len(manifest['items'])} canvases: {url}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
