"""The worker: takes commands, owns every tensor, tells events. No Qt."""
