"""Slugs for titles: phases add to this package."""
