"""Asking tsvector. Each word in it begins with its part and its block of articles."""

from articles.words import Word

_BLOCK = 4096  # articles, as 0004_search made them

Sql = tuple[str, tuple[object, ...]]


def candidates(
    question: list[Word], published: Sql, least_part: int, limit: int
) -> Sql:
    """(part, article_id, published_at) of the first ``limit`` parts that hold the words.

    It goes through the parts, and in each through the blocks, from the newest on, and ends
    where it has enough.
    """
    articles, of_articles = published
    return (
        f"""
        WITH RECURSIVE blocks (block) AS (
            SELECT max(article_id) / {_BLOCK} FROM articles_search
            UNION ALL SELECT (
                SELECT max(article_id) / {_BLOCK} FROM articles_search
                WHERE article_id < block * {_BLOCK}
            ) FROM blocks WHERE block IS NOT NULL
        )
        SELECT steps.part, found.article_id, found.published_at
        FROM (
            SELECT part, block FROM blocks, generate_series(%s, 3) AS parts (part)
            WHERE block IS NOT NULL ORDER BY part DESC, block DESC
        ) AS steps
        CROSS JOIN LATERAL (
            SELECT held.article_id, p.published_at
            FROM (
                SELECT article_id FROM articles_search
                WHERE vector @@ replace(%s, '#', part || ':' || block || ':')::tsquery
                ORDER BY article_id DESC
            ) AS held
            CROSS JOIN LATERAL (
                SELECT published_at FROM ({articles}) AS a WHERE a.id = held.article_id LIMIT 1
            ) AS p
            LIMIT {limit}
        ) AS found
        LIMIT {limit}""",
        (least_part, _tsquery(question), *of_articles),
    )


def _tsquery(question: list[Word]) -> str:
    words = (
        [f"'#{form}'" for form in word.forms]
        + [f"'#{beginning}':*" for beginning in word.beginnings]
        for word in question
    )
    return " & ".join(f"({' | '.join(word)})" for word in words)
