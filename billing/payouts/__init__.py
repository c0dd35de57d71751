"""Money that leaves for an enterprise's bank: queued, put into a file, approved by a second person, confirmed."""
