"""Triple stores: the embedded engine, a remote endpoint, the cache of built stores on disk, result formats."""
