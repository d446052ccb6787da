-- Sites that are written by many: a command of `recto tile`, cut into shards, of which each is a job.
CREATE TABLE tiling (
    id {text} NOT NULL PRIMARY KEY,
    command {text} NOT NULL,
    shards BIGINT NOT NULL,
    images BIGINT,
    created BIGINT NOT NULL,
    finished BIGINT
);
-- The last shard is the whole: it comes when all others are done, and writes what only the whole can.
CREATE TABLE tiling_shard (
    tiling {text} NOT NULL,
    shard BIGINT NOT NULL,
    images BIGINT NOT NULL,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    report {text},
    error {text},
    PRIMARY KEY (tiling, shard)
);
