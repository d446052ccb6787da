-- What a row costs to write: its indexes, its checks, and its next version.

-- A few assets that share all of this are sorted when they are read.
DROP INDEX asset_by_media_type;
DROP INDEX asset_ingesting;
DROP INDEX asset_of_batch;
CREATE INDEX asset_by_media_type ON asset (customer, media_type);
CREATE INDEX asset_ingesting ON asset (customer, created) WHERE ingesting;
CREATE INDEX asset_of_batch ON asset (batch) WHERE batch IS NOT NULL;

-- Room for the next version of a row on its own page, so that the indexes need not hear of it.
{postgres} ALTER TABLE asset SET (fillfactor = 85);
{postgres} ALTER TABLE batch SET (fillfactor = 50);
{postgres} ALTER TABLE storage_use SET (fillfactor = 20);

-- A batch is never deleted, and made together with its members.
CREATE TABLE member_of_batch (
    batch BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    ended BIGINT,
    error {text},
    PRIMARY KEY (batch, space, name)
);
INSERT INTO member_of_batch (batch, customer, space, name, ended, error)
    SELECT batch, customer, space, name, ended, error FROM batch_member;
DROP TABLE batch_member;
ALTER TABLE member_of_batch RENAME TO batch_member;
CREATE INDEX batch_member_waiting ON batch_member (customer, space, name) WHERE ended IS NULL;
