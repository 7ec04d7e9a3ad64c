"""What a task engine's worker shows of letters."""

from footcare import tasks


def test_a_task_prints_no_address_and_no_line_that_a_server_made_up(capsys):
    tasks._say("Letter 1: failure 1 in a row: 550 <reader@example.org>\nMail 9: sent")

    assert capsys.readouterr().out == (
        "Letter 1: failure 1 in a row: 550 <(address)>\\nMail 9: sent\n"
    )
