-- What buckets tell us: the last that was heard of each object, and messages that nobody could make sense of.
CREATE TABLE object_event (
    bucket {text} NOT NULL,
    object_key {text} NOT NULL,
    sequencer {text} NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bucket, object_key)
);
CREATE INDEX object_event_by_age ON object_event (at);

CREATE TABLE refused_message (
    id {identity},
    at BIGINT NOT NULL,
    source {text} NOT NULL,
    reason {text} NOT NULL,
    message {text} NOT NULL
);
CREATE INDEX refused_message_by_age ON refused_message (at);
