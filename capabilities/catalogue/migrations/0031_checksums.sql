-- What is kept of an asset's version but thumbnails, as JSON: name, bytes and SHA-256 of each object.
ALTER TABLE asset ADD COLUMN objects {text};
