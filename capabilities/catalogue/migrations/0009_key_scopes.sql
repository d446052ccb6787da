-- What a key opens: everything (admin), assets and their batches (register), or reading alone (read); in some spaces, or in all.
ALTER TABLE api_key ADD COLUMN label {text};
ALTER TABLE api_key ADD COLUMN scope {text} NOT NULL DEFAULT 'admin';
ALTER TABLE api_key ADD COLUMN spaces {text};
ALTER TABLE api_key ADD COLUMN requests_per_minute BIGINT;
ALTER TABLE api_key ADD COLUMN expires BIGINT;
ALTER TABLE api_key ADD COLUMN last_used BIGINT;
