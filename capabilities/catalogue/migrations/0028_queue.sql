-- The queue: whose turn it is, what is held back, and how far the work is.

-- state: ready, whoever is free may take it; asleep, nobody before it is due (it is tried again later, or a worker holds it
-- until then); aside, its customer's queue is paused; dead, it was given up (then due is when).
-- lane: what keeps no other lane waiting. turn: see decision 18; 0 for what stands in no line.
-- stage and percent: how far the worker is that holds it, where that takes longer than a moment.
DROP INDEX job_due;
ALTER TABLE job ADD COLUMN state {text} NOT NULL DEFAULT 'asleep';
ALTER TABLE job ADD COLUMN lane {text} NOT NULL DEFAULT 'assets';
ALTER TABLE job ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN stage {text};
ALTER TABLE job ADD COLUMN percent BIGINT;

UPDATE job SET
    state = CASE WHEN dead THEN 'dead' ELSE 'asleep' END,
    lane = CASE kind WHEN 'ingest-time-based' THEN 'recordings' WHEN 'take-apart' THEN 'documents'
        WHEN 'project' THEN 'projections' WHEN 'tile' THEN 'sites' WHEN 'clean-up' THEN 'clean-ups' ELSE 'assets' END;
UPDATE job SET turn = line.turn FROM (
    SELECT id, ROW_NUMBER() OVER (PARTITION BY customer, lane, priority ORDER BY created, id) - 1 AS turn
    FROM job WHERE priority IN (1, 2)) AS line
WHERE line.id = job.id;
ALTER TABLE job DROP COLUMN dead;

CREATE INDEX job_ready ON job (lane, priority, turn, id, kind, customer) WHERE state = 'ready';
-- Not of the ready alone, so that nobody takes the index above for it, and reads it from end to end. What is aside has no turn.
CREATE INDEX job_in_line ON job (customer, lane, priority, turn) WHERE state IN ('ready', 'aside');
CREATE INDEX job_asleep ON job (due) WHERE state = 'asleep';
CREATE INDEX job_aside ON job (customer, lane, priority, id) WHERE state = 'aside';
CREATE INDEX job_dead ON job (due, id) WHERE state = 'dead';
CREATE INDEX job_dead_of_customer ON job (customer, due, id) WHERE state = 'dead';

-- The turn that is being served; some turns old at most, and never going back.
CREATE TABLE queue_clock (
    lane {text} NOT NULL,
    priority BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (lane, priority)
);

-- Whose queue is paused (customer 0: everybody's), or was until since, and is being put back.
CREATE TABLE queue_pause (
    customer BIGINT NOT NULL PRIMARY KEY,
    paused BOOLEAN NOT NULL,
    since BIGINT NOT NULL
);
