"""The form of the seeded article, filled in well, and what a refused one says."""

URL = "/articles/foot-massage/comments/"
GOOD = {"name": "Ada", "email": "ada@example.org", "body": "My feet say thanks."}


def errors(response):
    """Field -> codes of a refused form."""
    assert response.status_code == 422
    return {
        field: [error.code for error in found]
        for field, found in response.context["form"].errors.as_data().items()
    }
