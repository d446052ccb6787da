-- Projections: what an address asks of a named query, as one file. The job that makes it has the projection's id as
-- its name, and space 0.

-- version names the file that is given (0: none yet); what follows it tells of that file. failed: when the last
-- attempt was given up, and why.
CREATE TABLE projection (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    kind {text} NOT NULL,
    query {text} NOT NULL,
    arguments {text} NOT NULL,
    created BIGINT NOT NULL,
    version BIGINT NOT NULL,
    made BIGINT,
    members {text},
    file_name {text},
    items BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    roles {text} NOT NULL,
    shown {text} NOT NULL,
    failed BIGINT,
    error {text}
);
