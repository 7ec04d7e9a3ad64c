"""How somebody logs in."""

PASSWORD = "a-long-password-1"
LOGIN = "/admin/login/"


def log_in(client, name="Owner", password=PASSWORD, address="192.0.2.1", **values):
    form = {"username": name, "password": password} | values
    return client.post(LOGIN, form, REMOTE_ADDR=address)
