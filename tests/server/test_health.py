from tests.server.world import World


def test_the_server_says_that_it_is_there(world: World) -> None:
    reply = world.client.get("/v1/health")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
