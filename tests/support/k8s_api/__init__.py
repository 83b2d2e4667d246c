"""A simulated Kubernetes API: objects, watches, patches, server-side apply, and the controllers of Deployments."""

from tests.support.k8s_api.process import K8sApi

__all__ = ["K8sApi"]
