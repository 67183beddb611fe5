from tests.book import admin, book, database

__all__ = ["admin", "book", "database"]
