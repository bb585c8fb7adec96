"""The control APIs: exports, events, sessions."""
