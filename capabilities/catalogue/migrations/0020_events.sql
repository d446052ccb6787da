-- What has happened, written in the transaction in which it happened: the outbox.

-- What is told is worded when it happens (JSON of before and after). The place in the line is given when the change can be
-- seen by all, and by one hand: whoever reads the line in order misses nothing, whichever transaction ended first.
CREATE TABLE event (
    id {identity},
    place BIGINT,
    at BIGINT NOT NULL,
    kind {text} NOT NULL,
    customer BIGINT NOT NULL,
    space BIGINT,
    name {text},
    engine_notified BOOLEAN NOT NULL,
    before_change {text},
    after_change {text}
);
CREATE INDEX event_in_line ON event (place) WHERE place IS NOT NULL;
CREATE INDEX event_of_customer ON event (customer, place) WHERE place IS NOT NULL;
CREATE INDEX event_not_in_line ON event (id) WHERE place IS NULL;

INSERT INTO counter (name, next) VALUES ('event', 1);
