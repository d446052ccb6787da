-- Batches: assets that were registered together, and what became of each.

-- waiting and failed are changed only in the transaction that changes the members; the rest completed.
-- finished is set with the last that waited, and emptied when some are tried again.
CREATE TABLE batch (
    id {identity},
    customer BIGINT NOT NULL REFERENCES customer (id),
    priority BIGINT NOT NULL,
    submitted BIGINT NOT NULL,
    members BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    finished BIGINT
);
CREATE INDEX batch_of_customer ON batch (customer, id);
CREATE INDEX batch_unfinished ON batch (customer, id) WHERE finished IS NULL;
CREATE INDEX batch_finished ON batch (customer, finished, id) WHERE finished IS NOT NULL;

-- A member waits until it has ended; one that ended with an error failed. Members outlive their assets.
CREATE TABLE batch_member (
    batch BIGINT NOT NULL REFERENCES batch (id),
    customer BIGINT NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    ended BIGINT,
    error {text},
    PRIMARY KEY (batch, space, name)
);
CREATE INDEX batch_member_waiting ON batch_member (customer, space, name) WHERE ended IS NULL;

-- The assets that last came with a batch.
CREATE INDEX asset_of_batch ON asset (batch, created, space, name) WHERE batch IS NOT NULL;

-- The assets that have something wrong with them.
CREATE INDEX asset_with_error ON asset (customer, finished) WHERE error IS NOT NULL;

-- What assets are asked for most: one of the free texts and a number, in order.
DROP INDEX asset_by_string1;
DROP INDEX asset_by_string2;
DROP INDEX asset_by_string3;
DROP INDEX asset_by_number1;
CREATE INDEX asset_by_string1 ON asset (customer, string1, number1, space, name)
    WHERE string1 IS NOT NULL;
CREATE INDEX asset_by_string2 ON asset (customer, string2, number1, space, name)
    WHERE string2 IS NOT NULL;
CREATE INDEX asset_by_string3 ON asset (customer, string3, number1, space, name)
    WHERE string3 IS NOT NULL;
CREATE INDEX asset_by_number1 ON asset (customer, number1, space, name);
CREATE INDEX asset_by_name ON asset (customer, name, space);
CREATE INDEX asset_by_media_type ON asset (customer, media_type, created, space, name);
CREATE INDEX asset_by_end ON asset (customer, finished) WHERE finished IS NOT NULL;
CREATE INDEX asset_ingesting ON asset (customer, created, space, name) WHERE ingesting;
