-- How often a job was taken up. Attempts are fewer: it is seldom the job that a worker dies of.
ALTER TABLE job ADD COLUMN claims BIGINT NOT NULL DEFAULT 0;
