-- Where an original lies that is served from its owner's bucket, and its state there as JSON: URL, bytes, entity tag.
ALTER TABLE asset ADD COLUMN at_origin {text};
