-- What audio and video were transcoded to: addresses, measures and bytes, as JSON; nothing for everything else.
ALTER TABLE asset ADD COLUMN recording {text};
