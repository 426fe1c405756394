"""Words of a text, as PostgreSQL searches them."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func


class NameWords(Func):
    """The words of a name or a programme; literal, so that prepared statements find the index on them."""

    template = "to_tsvector('simple', %(expressions)s)"
    output_field = SearchVectorField()
