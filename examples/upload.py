"""An uploader for people, after iiif.ly: each user has a space, a picture is there when the answer comes, and all of them are a manifest.

    python3 examples/upload.py ada portrait.jpg garden.png

Ends with the address of the user's manifest.
"""

import argparse
import base64
import mimetypes
import pathlib
import sys

from recto import ask, ensure_named_query, read_manifest


def space_of(user):
    """The number of the user's space, which is made when it is first needed."""
    page = ask("GET", "spaces?orderBy=name&pageSize=500")
    while True:
        for space in page["member"]:
            if space["name"].lower() == user.lower():
                return space["id"]
        following = page.get("view", {}).get("next")
        if following is None:
            return ask("POST", "spaces", {"name": user})["id"]
        page = ask("GET", following)


def count_in(space):
    return ask("GET", f"spaces/{space}")["approximateNumberOfImages"]


def upload(space, file, number):
    """Sends the bytes; the answer comes when the picture can be looked at."""
    media_type, _ = mimetypes.guess_type(file.name)
    body = {
        "mediaType": media_type or "image/jpeg",
        "file": base64.b64encode(file.read_bytes()).decode(),
        "number1": number,
    }
    image = ask("PUT", f"spaces/{space}/images/{file.stem}", body)
    print(f"{file.name}: {image['width']} x {image['height']}, {image['imageService']}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("user")
    arguments.add_argument("files", nargs="+", type=pathlib.Path)
    given = arguments.parse_args()

    space = space_of(given.user)
    first = count_in(space) + 1
    for number, file in enumerate(given.files, first):
        upload(space, file, number)
    ensure_named_query("gallery", "assetOrder=n1&space=p1")
    url, manifest = read_manifest("gallery", space)
    print(f"{len(manifest['items'])} pictures: {url}")


if __name__ == "__main__":
    sys.exit(main())
