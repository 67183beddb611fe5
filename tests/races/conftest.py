from ..book import book, database

__all__ = ["book", "database"]
