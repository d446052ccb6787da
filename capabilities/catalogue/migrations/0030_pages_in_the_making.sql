-- Documents of other kinds. drawn: the keys of pages that the storage may have and nobody registered yet, which a document
-- that is given up leaves behind; skipped: what in it became no page (texts for people).
ALTER TABLE composite ADD COLUMN drawn {text} NOT NULL DEFAULT '[]';
ALTER TABLE composite ADD COLUMN skipped {text} NOT NULL DEFAULT '[]';
CREATE INDEX composite_in_the_making ON composite (id) WHERE drawn <> '[]';
