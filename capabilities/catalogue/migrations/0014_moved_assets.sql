-- The name and version under which the bytes of an asset's version lie, if not under its own: it was moved here, or
-- copied. Several may share them; a clean-up asks who still does.
ALTER TABLE asset ADD COLUMN kept {text};
CREATE INDEX asset_by_kept ON asset (kept) WHERE kept IS NOT NULL;

-- Uploads are shared by copies, too.
CREATE INDEX asset_of_upload ON asset (origin) WHERE origin >= 'recto-upload:' AND origin < 'recto-upload;';
