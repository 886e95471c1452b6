"""Taking attention away: pictures, tables and pages made of what a view shows."""
