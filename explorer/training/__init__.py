"""How a model learns: objective, optimizer, schedule, and a step at a time."""
