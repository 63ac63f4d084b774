SELECT cursor FROM witnesses ORDER BY n DESC
