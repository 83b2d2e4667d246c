"""EKS: the paths below a cluster, and those of add-ons."""

from __future__ import annotations

from moto.eks import urls

# moto has paths for clusters, node groups and Fargate profiles only; botocore's model tells the actions below apart.
for _path in (r"/clusters/(?P<name>[^/]+)/(?P<rest>.+)$", r"/addons/(?P<rest>.+)$"):
    urls.url_paths[f"{{0}}{_path}"] = urls.response.dispatch
