"""Views of graph: edges between people, and what a person keeps to themselves about others."""
