-- Bytes on their way to an asset, in parts; finished once the asset was registered with them.
CREATE TABLE upload (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    metadata {text} NOT NULL,
    bytes BIGINT NOT NULL,
    received BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX upload_by_expiry ON upload (expires, id);
CREATE INDEX upload_under_way ON upload (customer) WHERE NOT finished;

-- Every part is an object of its own, written before it is written down here.
CREATE TABLE upload_part (
    upload {text} NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    start BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    object {text} NOT NULL,
    PRIMARY KEY (upload, start)
);
