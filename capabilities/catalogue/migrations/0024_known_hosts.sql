-- The key that a server showed when it was first asked for a strategy; one with another key is not believed.
CREATE TABLE known_host (
    strategy {text} NOT NULL REFERENCES customer_origin_strategy (id) ON DELETE CASCADE,
    host {text} NOT NULL,
    host_key {text} NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (strategy, host)
);

INSERT INTO origin_strategy (id, requires_credentials) VALUES ('ftp', TRUE);
