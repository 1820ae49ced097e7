-- A digest of what the commit has, documentation left out; NULL: not known.
ALTER TABLE test_report ADD COLUMN code TEXT;
