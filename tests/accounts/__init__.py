"""Firms, people and sign-in."""
