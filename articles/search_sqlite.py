"""Asking FTS5. The parts of all articles stand in its index in the order of their rank."""

from articles.words import Word, fts5

# FTS5 collects all articles of a beginning before it gives the first, except for beginnings
# of these lengths, which have an index of their own (0004_search). Other beginnings are put
# as the words that begin so, unless there are too many of them.
_INDEXED = (3, 4, 5)
_MOST_WORDS = 100

Sql = tuple[str, tuple[object, ...]]


def candidates(
    question: list[Word], published: Sql, least_part: int, limit: int
) -> Sql:
    """(part, article_id, published_at) of the first ``limit`` parts that hold the words."""
    match, of_match = _match(question)
    articles, of_articles = published
    return (
        f"""
        SELECT articles_searchword.rowid >> 40 AS part, p.id AS article_id, p.published_at
        FROM articles_searchword
        CROSS JOIN ({articles}) AS p ON p.id = articles_searchword.rowid & ((1 << 40) - 1)
        WHERE articles_searchword MATCH {match} AND articles_searchword.rowid >= %s
        ORDER BY articles_searchword.rowid DESC LIMIT {limit}""",
        (*of_articles, *of_match, least_part << 40),
    )


def _match(question: list[Word]) -> Sql:
    *others, last = question
    if all(len(beginning) in _INDEXED for beginning in last.beginnings):
        return "%s", (fts5(question),)
    [beginning] = last.beginnings
    head = fts5([*others, Word(last.forms)]).removesuffix(")") + " OR "
    end = beginning + chr(0x10FFFF)
    return (
        f"""(
        WITH RECURSIVE begins (term) AS (
            SELECT (
                SELECT term FROM articles_searchvocabulary
                WHERE term >= %s AND term < %s LIMIT 1
            ) UNION ALL SELECT (
                SELECT term FROM articles_searchvocabulary
                WHERE term >= begins.term || char(1) AND term < %s LIMIT 1
            ) FROM begins WHERE term IS NOT NULL LIMIT {_MOST_WORDS + 2}
        )
        SELECT %s || CASE WHEN count(term) BETWEEN 1 AND {_MOST_WORDS}
            THEN group_concat('"' || term || '"', ' OR ') ELSE %s END || ')'
        FROM begins)""",
        (beginning, end, end, head, f'"{beginning}" *'),
    )
