-- Attempts of jobs that are not over: waiting while agent is NULL.
CREATE TABLE job (
  run TEXT NOT NULL,
  job TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  service TEXT NOT NULL,
  -- Canonical JSON of the labels that its agent must have.
  labels TEXT NOT NULL,
  -- The order of arrival.
  number INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  agent TEXT,
  PRIMARY KEY (run, job)
) WITHOUT ROWID;
CREATE INDEX job_waiting ON job (labels, service, number) WHERE agent IS NULL;
CREATE INDEX job_agent ON job (agent, service) WHERE agent IS NOT NULL;
