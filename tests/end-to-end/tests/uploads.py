"""Sends a file by tus: upload.py ADDRESS KEY:SECRET FILE STOP_AT [UPLOAD]. Prints the address of the upload."""

import base64
import sys

from tusclient.client import TusClient

address, key, path, stop_at = sys.argv[1:5]
authorization = "Basic " + base64.b64encode(key.encode()).decode()
client = TusClient(address, headers={"Authorization": authorization})
uploader = client.uploader(
    path,
    chunk_size=3_000_000,
    upload_checksum=True,
    url=sys.argv[5] if len(sys.argv) > 5 else None,
    metadata={
        "space": "1",
        "filename": "report",
        "filetype": "application/pdf",
        "deliveryChannels": '["file"]',
        "string1": "Jahresbericht für 2025",
    },
)
uploader.upload(stop_at=int(stop_at))
print(uploader.url)
