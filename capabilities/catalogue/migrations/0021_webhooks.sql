-- Who is told of events: the operator's sinks (customer NULL, by their names), and customers' webhooks.

-- place is the last event that it was told of. due is when somebody may tell it more: while somebody does, when that lease
-- ends. ping is when a customer asked for a try, pinged when it was made.
CREATE TABLE event_listener (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT REFERENCES customer (id),
    kinds {text} NOT NULL,
    enabled BOOLEAN NOT NULL,
    place BIGINT NOT NULL,
    due BIGINT NOT NULL,
    sender {text},
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    error {text},
    told BIGINT,
    ping BIGINT,
    pinged BIGINT,
    ping_answer {text}
);
CREATE INDEX event_listener_due ON event_listener (due);
CREATE INDEX event_listener_of_customer ON event_listener (customer);

CREATE TABLE webhook (
    id {text} NOT NULL PRIMARY KEY REFERENCES event_listener (id),
    customer BIGINT NOT NULL REFERENCES customer (id),
    url {text} NOT NULL,
    secret {text} NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL
);
CREATE INDEX webhook_of_customer ON webhook (customer, created);
