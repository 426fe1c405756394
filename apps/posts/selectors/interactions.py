"""What people did with one another's posts, for whoever works out how close they are. Shown to nobody."""

# (person, author, points) of the people with ids in (%(after)s, %(upto)s] since %(since)s: a reaction or a vote is one
# point, a comment two, a repost or a quote three. Walks the indexes by person; whether a vote is anonymous does not
# matter, as nothing of it leaves the sum.
INTERACTIONS = """
    SELECT r.person_id, p.author_id, 1 AS points
    FROM posts_reaction r JOIN posts_post p ON p.id = r.post_id
    WHERE r.person_id > %(after)s AND r.person_id <= %(upto)s AND r.created_at > %(since)s
    UNION ALL
    SELECT c.author_id, p.author_id, 2
    FROM posts_comment c JOIN posts_post p ON p.id = c.post_id
    WHERE c.author_id > %(after)s AND c.author_id <= %(upto)s AND c.created_at > %(since)s
      AND c.deleted_at IS NULL AND c.hidden_at IS NULL
    UNION ALL
    SELECT s.author_id, p.author_id, 3
    FROM posts_post s JOIN posts_post p ON p.id = coalesce(s.repost_of_id, s.quoted_id)
    WHERE s.author_id > %(after)s AND s.author_id <= %(upto)s AND s.created_at > %(since)s
      AND (s.repost_of_id IS NOT NULL OR s.quoted_id IS NOT NULL) AND s.deleted_at IS NULL AND s.hidden_at IS NULL
    UNION ALL
    SELECT b.person_id, p.author_id, 1
    FROM posts_ballot b JOIN posts_post p ON p.id = b.poll_id
    WHERE b.person_id > %(after)s AND b.person_id <= %(upto)s AND b.created_at > %(since)s"""
