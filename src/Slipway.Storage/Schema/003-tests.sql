-- Tests by their names, as long as a kept report has them.
CREATE TABLE test (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  suite TEXT,
  UNIQUE (service, name)
);

-- What an attempt of a job reported. It counts once it is whole.
CREATE TABLE test_report (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  run TEXT NOT NULL,
  run_at INTEGER NOT NULL,
  commit_id TEXT NOT NULL,
  branch TEXT NOT NULL,
  job TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  tests INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  -- JSON; NULL: none was measured.
  coverage TEXT,
  whole INTEGER NOT NULL DEFAULT 0,
  UNIQUE (run, job, attempt)
);
CREATE INDEX test_report_service ON test_report (service, run_at);

-- Outcome: 0 passed, 1 failed, 2 skipped.
CREATE TABLE test_result (
  report INTEGER NOT NULL,
  test INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  failed_before INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  microseconds INTEGER NOT NULL,
  PRIMARY KEY (report, test)
) WITHOUT ROWID;
CREATE INDEX test_result_test ON test_result (test, report);
CREATE INDEX test_result_trouble ON test_result (report, test) WHERE outcome = 1 OR failed_before = 1;

CREATE TABLE test_failure (
  report INTEGER NOT NULL,
  test INTEGER NOT NULL,
  message TEXT,
  stack TEXT,
  PRIMARY KEY (report, test)
) WITHOUT ROWID;
