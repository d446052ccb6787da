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
