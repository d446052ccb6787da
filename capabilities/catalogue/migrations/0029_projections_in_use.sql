-- asked: when the file of a projection was last wanted, give or take a day. maker: by which settings it was made.
ALTER TABLE projection ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE projection ADD COLUMN maker {text};
UPDATE projection SET asked = COALESCE(made, created);
CREATE INDEX projection_by_asked ON projection (asked);
