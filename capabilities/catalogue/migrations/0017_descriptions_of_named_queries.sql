-- What is said of the manifests that a named query makes: properties of a IIIF manifest, as JSON.
ALTER TABLE named_query ADD COLUMN presentation {text};
