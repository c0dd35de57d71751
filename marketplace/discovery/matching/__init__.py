"""Who can do what is wanted: one matcher for both ways, its facts from SQL, its reasons in words."""
