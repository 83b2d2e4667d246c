"""Prints a token for the Kubernetes API of an EKS cluster, as an exec plugin of a kubeconfig."""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError
from botocore.signers import RequestSigner

# EKS takes a token for 15 minutes after it was signed; a client asks for the next one sooner.
GOOD_FOR = dt.timedelta(minutes=14)
# How long STS takes the signature. EKS checks it at once.
SIGNED_FOR_SECONDS = 60


def token(session: Any, cluster: str, region: str) -> str:
    """The question to STS who asks, signed by whoever asks and for this cluster alone.

    Raises BotoCoreError when there are no credentials.
    """
    client = session.client("sts", region_name=region)
    signer = RequestSigner(
        client.meta.service_model.service_id, region, "sts", "v4", session.get_credentials(), session.events
    )
    request = {
        "method": "GET",
        "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=region, expires_in=SIGNED_FOR_SECONDS, operation_name="GetCallerIdentity"
    )
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def credential(text: str, now: dt.datetime) -> dict[str, Any]:
    """The token as client-go wants it."""
    expires = (now + GOOD_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = {"expirationTimestamp": expires, "token": text}
    return {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "spec": {},
        "status": status,
    }


def main() -> int:
    """Prints the token; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--profile")
    options = parser.parse_args()
    try:
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        made = token(session, options.cluster, options.region)
    except BotoCoreError as error:
        print(f"no token for the cluster {options.cluster}: {error}", file=sys.stderr)
        return 1
    json.dump(credential(made, dt.datetime.now(dt.UTC)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
