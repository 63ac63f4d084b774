SELECT project, scope, role, writes, seq FROM grants ORDER BY project, scope, role
