"""The real servers that tests and developers use, each started on a free loopback port and stopped by its pid."""
