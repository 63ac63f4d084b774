SELECT kind, count(*) FROM errands GROUP BY kind ORDER BY kind
