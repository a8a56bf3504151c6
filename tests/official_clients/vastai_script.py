"""Vast.ai's own client against the fake Vast.ai; prints what it understood as JSON. Run by `test_official_clients.py`.

Usage: python vastai_script.py URL. It needs nothing but ``vastai``.
"""

import json
import sys
from typing import Any

import requests
from vastai.api import billing, instances, offers
from vastai.api.client import VastClient
from vastai.data.instance import InstanceConfig
from vastai.data.query import Query
from vastai.sync.client import SyncClient

KEY = "vast-key-of-the-tests"
CHEAP = {"gpu_name": {"eq": "RTX 4090"}, "dph_total": {"lte": 0.36}}


def refusal(ask: Any) -> dict[str, Any]:
    try:
        return {"answer": ask()}
    except requests.HTTPError as error:
        response = error.response
        return {} if response is None else {"status": response.status_code, "body": response.json()}


def life_of_one(client: VastClient) -> dict[str, Any]:
    found = offers.search_offers(client, CHEAP, order=[["dph_total", "asc"]], limit=2, storage=60.0)
    made = instances.create_instance(
        client,
        found[0]["id"],
        image="vastai/comfy:v1",
        disk=60,
        env={"-p 8188:8188": "1", "WEB_PASSWORD": "secret"},
        label="mine",
        onstart_cmd="entrypoint.sh",
        cancel_unavail=True,
        ssh=True,
        direct=True,
    )
    number = made["new_contract"]
    shown = instances.show_instance(client, number)
    listed = instances.show_instances(client, select_filters={"label": {"eq": "mine"}})
    labelled = instances.label_instance(client, number, "ours")
    gone = instances.destroy_instance(client, number)
    return {
        "offers": [each["dph_total"] for each in found],
        "made": sorted(made),
        "shown": {name: shown[name] for name in ("label", "actual_status", "ports", "extra_env")},
        "listed": [each["id"] for each in listed] == [number],
        "labelled": labelled,
        "gone": gone,
        "shown after": instances.show_instance(client, number),
        "twice": refusal(lambda: instances.destroy_instance(client, number)),
        "taken": refusal(lambda: instances.create_instance(client, 999_999, image="vastai/comfy:v1", disk=60)),
    }


def second_client(url: str) -> dict[str, Any]:
    client = SyncClient(api_key=KEY, vast_server=url)
    found = client.search(Query({}), type_="on-demand", limit=1, order=[["dph_total", "asc"]])
    made = client.create_instance(
        int(found[0].id), InstanceConfig(image="vastai/comfy:v1", disk=10, label="by the second", env={"A": "1"})
    )
    label = made.label
    client.destroy_instance(int(made.id))
    return {"label": label, "of all": len(client.show_instances())}


def main(url: str) -> None:
    client = VastClient(api_key=KEY, server_url=url)
    report = {
        "one": life_of_one(client),
        "pages": len(instances.show_instances(client)),
        "credit": billing.show_user(client)["credit"],
        "second": second_client(url),
        "key": refusal(lambda: billing.show_user(VastClient(api_key="wrong", server_url=url))),
    }
    print(json.dumps(report))  # noqa: T201 - this is how it answers


main(sys.argv[1])
