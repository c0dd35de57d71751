"""Threads, messages, notices, mail."""
