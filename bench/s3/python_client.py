"""The clients that are Python libraries: `python_client.py boto3|crt|obstore up|down PREFIX FOLDER`."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

BUCKET = "bench"
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]


def files(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def boto_client():
    import boto3
    from botocore.config import Config
    return boto3.client("s3", config=Config(s3={"addressing_style": "path"}, max_pool_connections=64))


def keys(prefix):
    pages = boto_client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix + "/")
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def boto3_(way, prefix, folder):
    from boto3.s3.transfer import TransferConfig
    client, config = boto_client(), TransferConfig(preferred_transfer_client="classic")
    if way == "up":
        items = files(folder)
        move = lambda path: client.upload_file(path, BUCKET, f"{prefix}/{os.path.basename(path)}", Config=config)
    else:
        items = keys(prefix)
        move = lambda key: client.download_file(BUCKET, key, os.path.join(folder, os.path.basename(key)), Config=config)
    if len(items) == 1:
        move(items[0])
        return
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(move, items))


def crt(way, prefix, folder):
    import botocore.session
    from awscrt.auth import AwsCredentialsProvider
    from botocore.config import Config
    from s3transfer.crt import BotocoreCRTRequestSerializer, CRTTransferManager, create_s3_crt_client
    provider = AwsCredentialsProvider.new_static(
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    client = create_s3_crt_client(region="us-east-1", crt_credentials_provider=provider, use_ssl=False)
    serializer = BotocoreCRTRequestSerializer(botocore.session.Session(), client_kwargs={
        "endpoint_url": ENDPOINT, "region_name": "us-east-1", "config": Config(s3={"addressing_style": "path"})})
    with CRTTransferManager(client, serializer) as manager:
        if way == "up":
            moves = [manager.upload(path, BUCKET, f"{prefix}/{os.path.basename(path)}") for path in files(folder)]
        else:
            moves = [manager.download(BUCKET, key, os.path.join(folder, os.path.basename(key))) for key in keys(prefix)]
        for move in moves:
            move.result()


async def obstore_(way, prefix, folder):
    import obstore
    from obstore.store import S3Store
    store = S3Store(
        BUCKET, endpoint=ENDPOINT, region="us-east-1", access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"], virtual_hosted_style_request=False,
        client_options={"allow_http": True, "timeout": "300s"})
    gate, piece = asyncio.Semaphore(16), 8 << 20

    async def put(path):
        async with gate:
            with open(path, "rb") as file:
                await obstore.put_async(store, f"{prefix}/{os.path.basename(path)}", file, chunk_size=piece,
                                        max_concurrency=12)

    async def get(key):
        async with gate:
            answer = await obstore.get_async(store, key)
            size = answer.meta["size"]
            target = os.open(os.path.join(folder, os.path.basename(key)), os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            if size <= 2 * piece:
                os.pwrite(target, await answer.bytes_async(), 0)
            else:
                inner = asyncio.Semaphore(12)

                async def fetch(start):
                    async with inner:
                        end = min(size, start + piece)
                        os.pwrite(target, await obstore.get_range_async(store, key, start=start, end=end), start)

                await asyncio.gather(*(fetch(start) for start in range(0, size, piece)))
            os.close(target)

    if way == "up":
        await asyncio.gather(*(put(path) for path in files(folder)))
    else:
        await asyncio.gather(*(get(item["path"]) for page in obstore.list(store, prefix + "/") for item in page))


if __name__ == "__main__":
    client, *arguments = sys.argv[1:]
    if client == "obstore":
        asyncio.run(obstore_(*arguments))
    else:
        {"boto3": boto3_, "crt": crt}[client](*arguments)
