"""What a batch says in the terminal."""

from vibes.commands.pictures.batch_display import why_it_waits


def test_a_reason_is_one_sentence_with_the_word_said_once() -> None:
    assert why_it_waits("waits for the busy node", "turn") == "waits for the busy node"
    assert why_it_waits("attic: is offline", "no_node_now") == "waits: attic: is offline"
