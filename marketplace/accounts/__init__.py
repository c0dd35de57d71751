"""Parks, enterprises, members, roles, sign-in."""
