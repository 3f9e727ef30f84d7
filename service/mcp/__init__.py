"""The Model Context Protocol server: tools for language models over HTTP and standard input."""
