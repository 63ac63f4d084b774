SELECT project, scope, sum FROM sums ORDER BY project, scope
