"""One line of words becomes constraints that a reader can see, remove and correct; what is not understood stays words."""
