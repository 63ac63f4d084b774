DELETE FROM errands WHERE kind = 'want'
