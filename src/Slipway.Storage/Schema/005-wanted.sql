-- Whoever places instances or divides traffic asks for the rows of one lane, on all agents.
CREATE INDEX wanted_resource ON wanted (resource, agent);
